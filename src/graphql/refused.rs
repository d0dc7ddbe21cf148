//! Changes that were refused are written down, too.
//!
//! A refusal is an error of the field, or `userErrors` in its payload. The payload says
//! so only to whoever selects them, so use cases tell it here while the field is at
//! work; [`Transactional`](super::transactional::Transactional) asks afterwards, when the
//! field's own transaction has been undone. Codes and paths are kept; messages are not,
//! since they may repeat what was sent.

use std::cell::RefCell;
use std::collections::BTreeSet;

use async_graphql::{ServerError, ServerResult};
use serde_json::{Value, json};

use crate::error::{AppError, AppResult, ErrorCode, Refusal, ServiceResult, UserError};

/// Most paths that are kept of one refusal.
const MOST_PATHS: usize = 20;
/// Longest part of a path that is kept.
const LONGEST: usize = 100;

tokio::task_local! {
    static TOLD: RefCell<Vec<UserError>>;
}

/// Sorts the result of a use case into payload and error, and tells if it was refused.
/// The one place in which a refusal becomes `userErrors`.
pub fn sorted<T>(result: ServiceResult<T>) -> AppResult<Result<T, Vec<UserError>>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Refusal::User(errors)) => {
            tell(&errors);
            Ok(Err(errors))
        }
        Err(Refusal::Fault(error)) => Err(error),
    }
}

/// Tells that the use case of the field at work was refused; nothing if none is.
pub fn tell(errors: &[UserError]) {
    // Whoever is called from no mutation has nobody to tell.
    let _nobody = TOLD.try_with(|told| told.borrow_mut().extend_from_slice(errors));
}

/// Runs the work of a field; gives its outcome, and why it was refused, if it was.
pub async fn watched<T>(
    work: impl Future<Output = ServerResult<T>>,
) -> (ServerResult<T>, Option<Value>) {
    let watched = async {
        let outcome = work.await;
        let told = TOLD.with(RefCell::take);
        let why = outcome
            .as_ref()
            .err()
            .map_or_else(|| refusal(&told), failure);
        (outcome, why)
    };
    TOLD.scope(RefCell::default(), watched).await
}

fn refusal(told: &[UserError]) -> Option<Value> {
    let codes: BTreeSet<&str> = told.iter().map(|error| error.code.as_str()).collect();
    let paths = told.iter().filter_map(|error| error.path.as_ref());
    let paths: BTreeSet<String> = paths.map(|path| shortened(&path.join("."))).collect();
    let paths: Vec<String> = paths.into_iter().take(MOST_PATHS).collect();
    (!told.is_empty()).then(|| json!({ "codes": codes, "paths": paths }))
}

fn failure(error: &ServerError) -> Option<Value> {
    let cause = error.source::<AppError>();
    let code = cause.map_or(ErrorCode::BadUserInput, AppError::code);
    let field = cause.and_then(AppError::field).map(shortened);
    let paths: Vec<String> = field.into_iter().collect();
    is_worth_a_row(code).then(|| json!({ "codes": [code.as_str()], "paths": paths }))
}

/// Not what tells that the database has too much to do, or is away.
const fn is_worth_a_row(code: ErrorCode) -> bool {
    !matches!(
        code,
        ErrorCode::Overloaded
            | ErrorCode::Timeout
            | ErrorCode::Unavailable
            | ErrorCode::OutcomeUnknown
            | ErrorCode::DealerUpgrading
            | ErrorCode::Unauthenticated
    )
}

fn shortened(path: &str) -> String {
    path.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_use_cases_tell_is_why() {
        let (outcome, why) = watched(async {
            tell(&[UserError::at(
                ErrorCode::Conflict,
                &["input", "expectedVersion"],
                "secret",
            )]);
            Ok(1)
        })
        .await;
        assert_eq!(outcome.unwrap(), 1);
        let why = why.unwrap();
        assert_eq!(
            why,
            json!({ "codes": ["CONFLICT"], "paths": ["input.expectedVersion"] })
        );
    }

    #[tokio::test]
    async fn what_went_well_has_no_why() {
        tell(&[UserError::general(ErrorCode::Conflict, "nobody is at work")]);
        assert!(watched(async { Ok(1) }).await.1.is_none());
    }

    #[tokio::test]
    async fn a_database_with_too_much_to_do_is_left_alone() {
        let failed = |code| async move {
            let error = async_graphql::Error::from(AppError::new(code, "no"));
            let error = error.into_server_error(async_graphql::Pos::default());
            watched(async { Err::<(), _>(error) }).await.1
        };
        assert!(failed(ErrorCode::Overloaded).await.is_none());
        assert_eq!(
            failed(ErrorCode::Forbidden).await.unwrap()["codes"][0],
            "FORBIDDEN"
        );
    }
}
