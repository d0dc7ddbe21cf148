//! What every answer says to browsers, and which requests go no further.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpRequest, HttpResponse};

use super::answer::refused;
use super::media::MediaType;
use super::{cors, packed, request_id};
use crate::config::ServerSettings;
use crate::error::{Limit, Passed};

const HEADERS: Limit = Limit {
    name: "headers",
    setting: "max_header_bytes",
    what: "bytes in the headers of a request",
};

/// For what is no page: nothing of it is ever run or framed.
const NO_PAGE: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'");

/// Middleware: refuses headers that are too large, answers what browsers ask beforehand,
/// and adds to every answer what browsers should know.
pub(super) async fn keep(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(settings) = request.app_data::<Data<ServerSettings>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let origin = cors::allowed(&request, &settings);
    let packs = settings.http.compression && packed::is_read(request.headers());
    let refusal = match check_size(request.headers(), &settings) {
        Err(passed) => Some(too_large(request.request(), passed)),
        Ok(()) if cors::is_preflight(&request) => Some(cors::preflight()),
        Ok(()) => None,
    };
    let mut response = match refusal {
        Some(refusal) => request.into_response(refusal),
        None => next.call(request).await?.map_into_boxed_body(),
    };
    cors::sign(response.headers_mut(), origin);
    tell(response.headers_mut(), &settings);
    Ok(if packs {
        packed::packed(response)
    } else {
        response
    })
}

fn check_size(headers: &HeaderMap, settings: &ServerSettings) -> Result<(), Passed> {
    // A name, a value, and what stands between and behind them.
    let line = |(name, value): (&HeaderName, &HeaderValue)| {
        let length = name.as_str().len().saturating_add(value.len());
        length.saturating_add(4)
    };
    let size = headers.iter().map(line).fold(0, usize::saturating_add);
    HEADERS.check(settings.limits.max_header_bytes, size)
}

fn too_large(request: &HttpRequest, passed: Passed) -> HttpResponse {
    let request_id = request_id::of(request).0;
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    refused(
        status,
        passed.into(),
        request_id,
        MediaType::accepted(request),
    )
}

/// What a page has said of itself already stays.
fn tell(headers: &mut HeaderMap, settings: &ServerSettings) {
    let mut say = |name: HeaderName, value: HeaderValue| {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    };
    say(CONTENT_SECURITY_POLICY, NO_PAGE);
    say(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    say(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    say(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    let seconds = settings.http.hsts_max_age_s;
    if seconds > 0
        && let Ok(value) = HeaderValue::from_str(&format!("max-age={seconds}"))
    {
        say(STRICT_TRANSPORT_SECURITY, value);
    }
}
