//! The last touch on an answer: every error has a code and the request id.

use async_graphql::{Error, ErrorExtensionValues, Pos, Response, ServerError, Value};
use uuid::Uuid;

use crate::error::{AppError, ErrorCode, Passed};

/// Gives each error its code and the request id, and logs what is ours to mend.
/// Gives the codes back.
pub fn finish(response: &mut Response, request_id: Uuid) -> Vec<ErrorCode> {
    let errors = response.errors.iter_mut();
    errors
        .map(|error| finish_error(error, request_id))
        .collect()
}

/// Whether nothing was run: the document does not fit the schema or a limit, so
/// no error stands at a field.
pub fn is_refusal(response: &Response) -> bool {
    !response.errors.is_empty()
        && response.data == Value::Null
        && response.errors.iter().all(|error| error.path.is_empty())
}

fn finish_error(error: &mut ServerError, request_id: Uuid) -> ErrorCode {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("requestId", request_id.to_string());
    let code = match error.source::<AppError>() {
        Some(cause) => {
            log(cause, &error.path);
            if let Some(field) = cause.field() {
                extensions.set("field", field);
            }
            if let Some(delay) = cause.retry_after() {
                extensions.set(
                    "retryAfterMs",
                    u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
                );
            }
            if let Some(passed) = cause.passed() {
                extensions.set("limit", limit_of(passed));
            }
            cause.code()
        }
        None => library_code(error),
    };
    extensions.set("code", code.as_str());
    error.extensions = Some(extensions);
    // The cause stays here; it must not travel with a serialised answer.
    error.source = None;
    code
}

fn limit_of(passed: &Passed) -> Value {
    let Passed { limit, most, asked } = passed;
    async_graphql::value!({
        "name": limit.name, "setting": limit.setting, "max": *most, "requested": *asked,
    })
}

/// An error outside any field, as the library writes errors.
pub fn of_request(error: AppError) -> ServerError {
    let mut fault = Error::from(error).into_server_error(Pos::default());
    // It stands nowhere in the document.
    fault.locations.clear();
    fault
}

/// Errors made by the GraphQL library: of a value when a field was at work,
/// of the document otherwise.
fn library_code(error: &ServerError) -> ErrorCode {
    if error
        .message
        .starts_with("The recursion depth of the query")
    {
        ErrorCode::LimitExceeded
    } else if error.path.is_empty() {
        ErrorCode::GraphqlInvalid
    } else {
        ErrorCode::BadUserInput
    }
}

fn log(error: &AppError, path: &[async_graphql::PathSegment]) {
    let cause = error.cause_chain().unwrap_or_default();
    let code = error.code().as_str();
    if error.code().is_server_fault() {
        tracing::error!(code, %cause, ?path, "field failed");
    } else {
        tracing::debug!(code, %cause, ?path, "field refused");
    }
}
