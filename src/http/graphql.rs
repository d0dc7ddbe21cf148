//! `POST /graphql`, on whichever endpoint.

use std::time::Instant;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use async_graphql::Request;
use tokio::time::timeout;

use super::answer::{self, MediaType, status_of};
use super::caller::peer;
use super::credentials::sent_cookies;
use super::endpoint::Endpoint;
use super::execute::{count_refused, execute, out_of_time};
use super::request_id::RequestId;
use crate::config::ServerSettings;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::graphql::idempotency::HeaderKey;

/// Answers one operation.
pub(super) async fn post<E: Endpoint>(
    endpoint: Data<E>,
    request: HttpRequest,
    RequestId(request_id): RequestId,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let media = MediaType::accepted(&request);
    let started = Instant::now();
    let refuse = |status, error: AppError| {
        count_refused(&**endpoint, error.code(), started);
        answer::refused(status, error, request_id, media)
    };
    if !is_json(&request) {
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            invalid("send the operation as JSON with Content-Type: application/json"),
        );
    }
    let Ok(body) = body else {
        let limit = endpoint.app().settings.max_body_bytes;
        return refuse(
            StatusCode::PAYLOAD_TOO_LARGE,
            AppError::new(
                ErrorCode::LimitExceeded,
                format!("the request body may have at most {limit} bytes"),
            ),
        );
    };
    let operation = match parse(&body) {
        Ok(operation) => with_sender(operation, &request, &endpoint.app().settings),
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error),
    };
    let limit = endpoint.app().settings.request_timeout_ms;
    let admitted = timeout(limit, endpoint.admit_sender(&request)).await;
    let caller = match admitted.unwrap_or_else(|_elapsed| Err(out_of_time(limit))) {
        Ok(caller) => caller,
        Err(error) => return refuse(status_of(error.code()), error),
    };
    let left = limit.saturating_sub(started.elapsed());
    match execute(&**endpoint, caller, operation, request_id, left).await {
        Ok(response) => answer::executed(&response, media),
        Err(error) => answer::refused(status_of(error.code()), error, request_id, media),
    }
}

/// Any other method: says which one is right.
pub(super) async fn wrong_method<E: Endpoint>(
    request: HttpRequest,
    RequestId(request_id): RequestId,
) -> HttpResponse {
    answer::refused(
        StatusCode::METHOD_NOT_ALLOWED,
        invalid(E::USAGE),
        request_id,
        MediaType::accepted(&request),
    )
}

/// JSON only: a form of another site can not send it without the browser
/// asking us first.
fn is_json(request: &HttpRequest) -> bool {
    let header = request.headers().get(CONTENT_TYPE);
    let text = header
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// What resolvers may know of the request beside the operation.
pub(super) fn with_sender(
    operation: Request,
    request: &HttpRequest,
    settings: &ServerSettings,
) -> Request {
    let operation = operation.data(peer(request, settings));
    let operation = match idempotency_key(request) {
        Some(key) => operation.data(key),
        None => operation,
    };
    match sent_cookies(request, settings) {
        Some(cookies) => operation.data(cookies),
        None => operation,
    }
}

/// What can not be read is no key of a client's making, and refused as one too long.
fn idempotency_key(request: &HttpRequest) -> Option<HeaderKey> {
    let value = request.headers().get("idempotency-key")?;
    Some(HeaderKey(value.to_str().unwrap_or_default().to_owned()))
}

fn parse(body: &[u8]) -> AppResult<Request> {
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(invalid("send one operation per request, not a list"));
    }
    serde_json::from_slice(body)
        .map_err(|error| invalid(format!("the body is not a GraphQL request: {error}")))
}

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> AppError {
    AppError::new(ErrorCode::GraphqlInvalid, message)
}
