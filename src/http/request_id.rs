//! The id that a request has in its answer's header, in errors and in the log.

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use uuid::Uuid;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// A request's id: the caller's own if it sent a UUID, a new one otherwise.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestId(pub(super) Uuid);

impl FromRequest for RequestId {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(of(request)))
    }
}

/// The id given to `request` by [`assign`].
pub(super) fn of(request: &HttpRequest) -> RequestId {
    let assigned = request.extensions().get::<RequestId>().copied();
    assigned.unwrap_or_else(|| RequestId(Uuid::now_v7()))
}

/// Middleware: gives the request its id and sends it back with the answer.
pub(super) async fn assign(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let sent = request
        .headers()
        .get(HEADER)
        .and_then(|value| value.to_str().ok());
    // Anything but a UUID could smuggle text into the log.
    let id = sent
        .and_then(|text| Uuid::try_parse(text).ok())
        .unwrap_or_else(Uuid::now_v7);
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.call(request).await?;
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HEADER, value);
    }
    Ok(response)
}
