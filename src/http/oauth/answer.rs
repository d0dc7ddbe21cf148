//! Answers to applications: JSON that nobody keeps, and refusals in OAuth's words.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use serde_json::json;

use crate::platform::oauth::fault::{OAuthFault, Word};
use crate::platform::oauth::request::plain;

/// An answer that is good for whoever asked, once.
pub(super) fn json<T: Serialize>(value: &T) -> HttpResponse {
    builder(StatusCode::OK).json(value)
}

/// An answer without words.
pub(super) fn done() -> HttpResponse {
    builder(StatusCode::OK).finish()
}

/// A refusal. `by_header` says that the application has shown its secret in a header,
/// and is told there how to.
pub(super) fn refused(fault: &OAuthFault, by_header: bool) -> HttpResponse {
    let (word, description) = fault.told();
    if let OAuthFault::Fault(error) = fault {
        tracing::error!(?error, "an application can not be answered");
    }
    let status = match word {
        Word::InvalidClient => StatusCode::UNAUTHORIZED,
        Word::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        Word::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    };
    let mut answer = builder(status);
    if word == Word::InvalidClient && by_header {
        answer.insert_header((WWW_AUTHENTICATE, "Basic realm=\"tubex\""));
    }
    if word == Word::TemporarilyUnavailable {
        answer.insert_header((RETRY_AFTER, "1"));
    }
    let description: String = description.chars().map(plain).collect();
    answer.json(json!({ "error": word.as_str(), "error_description": description }))
}

fn builder(status: StatusCode) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder.insert_header((CACHE_CONTROL, "no-store"));
    builder
}
