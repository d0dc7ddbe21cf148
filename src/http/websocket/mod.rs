//! `GET /graphql` as a websocket: the graphql-transport-ws protocol.
//!
//! Own handler because a dealer's socket has to end when its token does, and
//! because close codes decide whether a client reconnects with a fresh token.

mod dispatch;
mod ending;
mod greeting;
mod operation;
mod protocol;
mod socket;

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::answer::refused;
use super::caller::peer;
use super::credentials::Credentials;
use super::media::MediaType;
use super::request_id::RequestId;
use crate::app::App;
use crate::app::sockets::Full;
use crate::config::ServerSettings;
use crate::error::AppError;
use protocol::SUBPROTOCOL;
use socket::{Sender, Socket};

/// When a client may try again that found no place.
const COME_BACK: Duration = Duration::from_secs(5);

/// Opens a socket and drives it on this worker.
pub(super) async fn open(
    app: Data<App>,
    request: HttpRequest,
    request_id: RequestId,
    body: Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let place = match app.sockets.open() {
        Ok(place) => place,
        Err(full) => {
            app.serving.socket_metrics.refused(full.limit);
            return Ok(too_many(full, &request, request_id));
        }
    };
    let (response, session, stream) =
        actix_ws::handle_with_protocols(&request, body, &[SUBPROTOCOL])?;
    let spoken = response
        .headers()
        .contains_key(actix_web::http::header::SEC_WEBSOCKET_PROTOCOL);
    let limit = app.settings.max_body_bytes;
    let stream = stream
        .max_frame_size(limit)
        .aggregate_continuations()
        .max_continuation_size(limit);
    let from = Sender {
        peer: peer(&request, &app.settings),
        credentials: upgrade(&request, &app.settings)?,
    };
    let open = app.serving.sockets.hold();
    let socket = Socket::new(app.into_inner(), request_id.0, session, from);
    actix_web::rt::spawn(async move {
        let _open = (open, place);
        if spoken {
            Box::pin(socket.run(stream)).await;
        } else {
            socket.refuse_protocol().await;
        }
    });
    Ok(response)
}

/// Other nodes may have places, so a load balancer sees why.
fn too_many(full: Full, request: &HttpRequest, request_id: RequestId) -> HttpResponse {
    let error = AppError::overloaded(full.message(), COME_BACK);
    let status = StatusCode::SERVICE_UNAVAILABLE;
    refused(status, error, request_id.0, MediaType::accepted(request))
}

/// What the request that opens a socket brings. A browser's page that is not ours
/// could open one with its user's cookies, so those do not count then; a header
/// that can not be read refuses the socket.
fn upgrade(
    request: &HttpRequest,
    settings: &ServerSettings,
) -> Result<Credentials<'static>, actix_web::Error> {
    Credentials::of(request, settings)
        .map(Credentials::into_owned)
        .map_err(|error| actix_web::error::ErrorBadRequest(error.message().to_owned()))
}
