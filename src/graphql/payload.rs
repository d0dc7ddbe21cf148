//! Payloads of mutations: the record, or why not.

use async_graphql::MaybeUndefined;

use crate::error::{ErrorCode, Refusal, UserError};

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

/// Why an update by id and version met no row.
pub fn not_updated(exists: bool) -> Refusal {
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
