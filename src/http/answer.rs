//! GraphQL answers as HTTP: media type, status, headers.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use async_graphql::{Response, ServerError, Value};
use serde::Serialize;
use uuid::Uuid;

use super::media::MediaType;
use crate::error::{AppError, AppResult, ErrorCode, Limit};
use crate::graphql::errors::{finish, is_refusal, of_request};

/// What answers of operations are refused for that would be larger.
const RESPONSE: Limit = Limit {
    name: "response",
    setting: "max_response_bytes",
    what: "bytes in the answer to a request",
};

impl MediaType {
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
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

/// How much is left of what a caller may ask for.
pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// The answer of an executed operation.
pub(super) fn executed(
    response: &Response,
    (media, most): (MediaType, usize),
    request_id: Uuid,
) -> HttpResponse {
    let body = written(most, |out| write(out, response));
    let status = media.status(response);
    let answer = json(status, body, (media, request_id));
    with_headers(answer, std::slice::from_ref(response))
}

/// The answer of operations that came as a list.
pub(super) fn executed_all(
    responses: &[Response],
    (media, most): (MediaType, usize),
    request_id: Uuid,
) -> HttpResponse {
    let body = written(most, |out| {
        for (at, response) in responses.iter().enumerate() {
            out.write_all(if at == 0 { b"[" } else { b"," })?;
            write(out, response)?;
        }
        out.write_all(b"]")
    });
    let answer = json(StatusCode::OK, body, (media, request_id));
    with_headers(answer, responses)
}

/// Cookies, which the resolvers of tokens set, and when to try again.
fn with_headers(mut answer: HttpResponse, responses: &[Response]) -> HttpResponse {
    for (name, value) in responses.iter().flat_map(|one| &one.http_headers) {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            answer.headers_mut().append(name, value);
        }
    }
    let errors = responses.iter().flat_map(|one| &one.errors);
    if let Some(delay) = errors.filter_map(retry_after).max() {
        answer
            .headers_mut()
            .insert(RETRY_AFTER, seconds(delay).into());
    }
    answer
}

/// When the field that failed may be asked for again.
fn retry_after(error: &ServerError) -> Option<Duration> {
    match error.extensions.as_ref()?.get("retryAfterMs")? {
        Value::Number(milliseconds) => milliseconds.as_u64().map(Duration::from_millis),
        _ => None,
    }
}

/// Whole seconds, and not too few.
fn seconds(delay: Duration) -> u64 {
    let whole = delay.as_secs();
    let more = u64::from(delay.subsec_nanos() > 0);
    whole.saturating_add(more).max(1)
}

/// The answer to a request that was not executed.
pub(super) fn refused(
    status: StatusCode,
    error: AppError,
    request_id: Uuid,
    media: MediaType,
) -> HttpResponse {
    let used_up = (error.code() == ErrorCode::RateLimited)
        .then(|| error.retry_after())
        .flatten();
    let response = refusal(error, request_id);
    let body = written(usize::MAX, |out| write(out, &response));
    let answer = json(status, body, (media, request_id));
    let mut answer = with_headers(answer, std::slice::from_ref(&response));
    if let Some(delay) = used_up {
        let said = format!("\"share\";r=0;t={}", seconds(delay));
        if let Ok(said) = HeaderValue::from_str(&said) {
            answer.headers_mut().insert(RATE_LIMIT, said);
        }
    }
    // The two statuses that HTTP wants explained by a header.
    if status == StatusCode::METHOD_NOT_ALLOWED {
        answer
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, POST"));
    } else if status == StatusCode::UNAUTHORIZED {
        answer
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    answer
}

/// An error outside any field, as a GraphQL answer.
pub(super) fn refusal(error: AppError, request_id: Uuid) -> Response {
    let mut response = Response::from_errors(vec![of_request(error)]);
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
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
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

/// Writes a body of at most `most` bytes.
fn written(
    most: usize,
    write: impl FnOnce(&mut Bounded) -> std::io::Result<()>,
) -> AppResult<Vec<u8>> {
    let mut out = Bounded {
        bytes: Vec::new(),
        most,
        is_full: false,
    };
    match write(&mut out) {
        Ok(()) => Ok(out.bytes),
        Err(_) if out.is_full => Err(RESPONSE.passed(most).into()),
        Err(error) => Err(AppError::internal(error)),
    }
}

fn write(out: &mut Bounded, response: &Response) -> std::io::Result<()> {
    let written = if is_refusal(response) {
        let errors = &response.errors;
        let extensions = &response.extensions;
        serde_json::to_writer(out, &RefusalBody { errors, extensions })
    } else {
        serde_json::to_writer(out, response)
    };
    written.map_err(Into::into)
}

/// A body that is given up when it becomes too large.
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
    is_full: bool,
}

impl Write for Bounded {
    fn write(&mut self, more: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len().saturating_add(more.len()) > self.most {
            self.is_full = true;
            return Err(std::io::ErrorKind::OutOfMemory.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// An answer of this body. One that is too large says so, with status 200 whatever the
/// media type: the operation was run, and a mutation has done what it did.
fn json(
    status: StatusCode,
    body: AppResult<Vec<u8>>,
    (media, request_id): (MediaType, Uuid),
) -> HttpResponse {
    let (status, body) = match body {
        Ok(body) => (status, body),
        Err(error) => {
            let too_large = error.code() == ErrorCode::LimitExceeded;
            let response = refusal(error, request_id);
            let body = written(usize::MAX, |out| write(out, &response)).unwrap_or_default();
            let status = if too_large {
                StatusCode::OK
            } else {
                StatusCode::INTERNAL_SERVER_ERROR
            };
            (status, body)
        }
    };
    HttpResponse::build(status)
        .content_type(media.content_type())
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(body)
}
