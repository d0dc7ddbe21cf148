//! Payloads of mutations: the record, or why not.

use async_graphql::MaybeUndefined;

use crate::db::error::DbResult;
use crate::error::{ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;

/// Declares the payload type of a mutation with its one record field.
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $type:ty }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_doc])*
            pub $field: Option<$type>,
            /// What to mend before sending the mutation again; empty on success.
            pub user_errors: Vec<$crate::error::UserError>,
        }

        impl<R: Into<$type>> From<Result<R, Vec<$crate::error::UserError>>> for $name {
            fn from(outcome: Result<R, Vec<$crate::error::UserError>>) -> Self {
                match outcome {
                    Ok(record) => Self { $field: Some(record.into()), user_errors: Vec::new() },
                    Err(user_errors) => Self { $field: None, user_errors },
                }
            }
        }
    };
}
pub(crate) use payload;

/// An update's field as a change: absent keeps the value, null clears it.
pub fn given<T>(field: MaybeUndefined<T>) -> Option<Option<T>> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// As [`given`], for a text of at most `max` characters; an empty one clears.
pub fn given_text(
    checks: &mut Checks,
    path: &[&str],
    field: MaybeUndefined<String>,
    max: usize,
) -> Option<Option<String>> {
    given(field).map(|text| checks.optional_text(path, text.as_deref(), max))
}

/// The row of an update by id and version, or why it met none. `same_id` looks
/// for the record whatever its version; it is asked only if it has to be.
pub async fn updated<R>(
    row: Option<R>,
    same_id: impl Future<Output = DbResult<Vec<R>>>,
) -> ServiceResult<R> {
    match row {
        Some(row) => Ok(row),
        None => Err(not_updated(!same_id.await?.is_empty())),
    }
}

fn not_updated(exists: bool) -> Refusal {
    if exists {
        UserError::at(
            ErrorCode::Conflict,
            &["input", "expectedVersion"],
            "the record has changed since it was read; read it again",
        )
        .into()
    } else {
        UserError::at(
            ErrorCode::NotFound,
            &["input", "id"],
            "there is no such record",
        )
        .into()
    }
}
