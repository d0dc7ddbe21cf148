//! Which pages of other origins may read answers: those that the settings name, exactly.

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
};

use crate::config::ServerSettings;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT");
/// What clients of ours and of others send.
const HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, tubex-dealer, tubex-cost, x-request-id, \
     apollo-require-preflight, graphql-require-preflight",
);
const EXPOSED: HeaderValue =
    HeaderValue::from_static("x-request-id, retry-after, ratelimit, ratelimit-policy");
/// Browsers keep it no longer than two hours.
const KEPT_S: HeaderValue = HeaderValue::from_static("7200");

/// The page that asks, if it is one of those that may.
pub(super) struct Allowed(HeaderValue);

/// Whose page has sent the request.
pub(super) fn allowed(request: &ServiceRequest, settings: &ServerSettings) -> Option<Allowed> {
    let origin = request.headers().get(ORIGIN)?;
    let text = origin.to_str().ok()?;
    let is_known = settings.allowed_origins.iter().any(|known| known == text);
    is_known.then(|| Allowed(origin.clone()))
}

/// Whether a browser asks before it sends what a page of another origin wants sent.
pub(super) fn is_preflight(request: &ServiceRequest) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to that; without the name of the origin, the browser sends nothing.
pub(super) fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, METHODS))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, HEADERS))
        .insert_header((ACCESS_CONTROL_MAX_AGE, KEPT_S))
        .finish()
}

/// Says to the browser who may read the answer.
pub(super) fn sign(headers: &mut HeaderMap, allowed: Option<Allowed>) {
    headers.append(VARY, HeaderValue::from_static("origin"));
    let Some(Allowed(origin)) = allowed else {
        return;
    };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}
