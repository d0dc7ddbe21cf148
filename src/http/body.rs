//! Bodies that come piece by piece.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::error::{AppError, AppResult, ErrorCode, Limit};

/// How long a client may neither take nor send anything. Until then it keeps a
/// snapshot or a file open.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

const BODY: Limit = Limit {
    name: "body",
    setting: "max_body_bytes",
    what: "bytes in the body of a request",
};

/// Refuses a body of more than `limit` bytes.
pub(super) fn check_size(limit: usize, size: usize) -> AppResult<()> {
    Ok(BODY.check(limit, size)?)
}

/// The next piece of a body, if there is one.
pub(super) async fn next_piece(body: &mut Payload) -> AppResult<Option<Bytes>> {
    let piece = timeout(PATIENCE, body.next()).await;
    let piece = piece
        .map_err(|_elapsed| AppError::new(ErrorCode::Timeout, "nothing more came of the file"))?;
    piece.transpose().map_err(|error| {
        AppError::bad_input("body", "the file was cut short").with_cause(error.to_string())
    })
}

/// A whole body of at most `limit` bytes, which has to come within `patience`.
pub(super) async fn whole(
    request: &HttpRequest,
    body: Payload,
    (limit, patience): (usize, Duration),
) -> AppResult<Bytes> {
    let length = request.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
    if let Some(length) = length {
        check_size(limit, length)?;
    }
    let read = timeout(patience, pieces(body, limit)).await;
    read.unwrap_or_else(|_elapsed| {
        let patience = patience.as_millis();
        let message = format!("the body did not come within {patience} ms (--body-timeout-ms)");
        Err(AppError::new(ErrorCode::Timeout, message))
    })
}

async fn pieces(mut body: Payload, limit: usize) -> AppResult<Bytes> {
    let mut whole = BytesMut::new();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|error| {
            AppError::new(ErrorCode::GraphqlInvalid, "the body was cut short")
                .with_cause(error.to_string())
        })?;
        if whole.len().saturating_add(piece.len()) > limit {
            return Err(BODY.passed(limit).into());
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}
