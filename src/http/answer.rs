//! GraphQL answers as HTTP: media type, status, headers.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::{HttpRequest, HttpResponse};
use async_graphql::{Error, Pos, Response, ServerError};
use serde::Serialize;
use uuid::Uuid;

use crate::error::{AppError, ErrorCode};
use crate::graphql::errors::{finish, is_refusal};

const GRAPHQL_JSON: &str = "application/graphql-response+json";
const PLAIN_JSON: &str = "application/json";

/// The media types a client understands, as far as they concern us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// The type of the GraphQL over HTTP specification: a status other than
    /// 200 is still a GraphQL answer.
    GraphqlResponse,
    /// The older custom: whatever could be executed or refused is a 200.
    Json,
}

impl MediaType {
    pub(super) fn accepted(request: &HttpRequest) -> Self {
        let accept = request
            .headers()
            .get(ACCEPT)
            .and_then(|value| value.to_str().ok());
        if accept.is_some_and(|accept| accept.contains(GRAPHQL_JSON)) {
            Self::GraphqlResponse
        } else {
            Self::Json
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::GraphqlResponse => GRAPHQL_JSON,
            Self::Json => PLAIN_JSON,
        }
    }

    /// Of an answer to a document that was executed, or refused as a document.
    fn status(self, response: &Response) -> StatusCode {
        match self {
            Self::GraphqlResponse if is_refusal(response) => StatusCode::BAD_REQUEST,
            Self::GraphqlResponse | Self::Json => StatusCode::OK,
        }
    }
}

/// An answer to something that was not run: it has errors and no data.
#[derive(Serialize)]
struct RefusalBody<'a> {
    errors: &'a [ServerError],
}

/// The answer of an executed operation.
pub(super) fn executed(response: &Response, media: MediaType) -> HttpResponse {
    let mut answer = json(media.status(response), response, media);
    // Cookies, which the resolvers of tokens set.
    for (name, value) in &response.http_headers {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            answer.headers_mut().append(name, value);
        }
    }
    answer
}

/// The answer to a request that was not executed.
pub(super) fn refused(
    status: StatusCode,
    error: AppError,
    request_id: Uuid,
    media: MediaType,
) -> HttpResponse {
    let retry_after = error.retry_after();
    let mut answer = json(status, &refusal(error, request_id), media);
    if let Some(delay) = retry_after {
        let seconds = delay.max(Duration::from_secs(1)).as_secs();
        answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    // The two statuses that HTTP wants explained by a header.
    if status == StatusCode::METHOD_NOT_ALLOWED {
        answer
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("POST"));
    } else if status == StatusCode::UNAUTHORIZED {
        answer
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    answer
}

/// An error outside any field, as a GraphQL answer.
pub(super) fn refusal(error: AppError, request_id: Uuid) -> Response {
    let mut fault = Error::from(error).into_server_error(Pos::default());
    // It stands nowhere in the document.
    fault.locations.clear();
    let mut response = Response::from_errors(vec![fault]);
    finish(&mut response, request_id);
    response
}

/// The status of an error that kept an operation from being executed.
pub(super) const fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Unauthenticated | ErrorCode::InvalidCredentials => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden | ErrorCode::DealerNotActive | ErrorCode::DealerSuspended => {
            StatusCode::FORBIDDEN
        }
        ErrorCode::Overloaded | ErrorCode::Unavailable | ErrorCode::DealerUpgrading => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        ErrorCode::Timeout | ErrorCode::OutcomeUnknown => StatusCode::GATEWAY_TIMEOUT,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// As [`status_of`], where what is asked for is a thing with an address of its own.
pub(super) const fn status_of_resource(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Conflict | ErrorCode::NotAllowed | ErrorCode::DealerNotActive => {
            StatusCode::CONFLICT
        }
        ErrorCode::LimitExceeded => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::Timeout => StatusCode::REQUEST_TIMEOUT,
        other => status_of(other),
    }
}

fn json(status: StatusCode, response: &Response, media: MediaType) -> HttpResponse {
    let body = if is_refusal(response) {
        let errors = &response.errors;
        serde_json::to_vec(&RefusalBody { errors })
    } else {
        serde_json::to_vec(response)
    };
    match body {
        Ok(body) => HttpResponse::build(status)
            .content_type(media.name())
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(body),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            HttpResponse::InternalServerError().finish()
        }
    }
}
