//! Bodies that come piece by piece.

use std::time::Duration;

use actix_web::web::{Bytes, Payload};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::error::{AppError, AppResult, ErrorCode};

/// How long a client may neither take nor send anything. Until then it keeps a
/// snapshot or a file open.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// The next piece of a body, if there is one.
pub(super) async fn next_piece(body: &mut Payload) -> AppResult<Option<Bytes>> {
    let piece = timeout(PATIENCE, body.next()).await;
    let piece = piece
        .map_err(|_elapsed| AppError::new(ErrorCode::Timeout, "nothing more came of the file"))?;
    piece.transpose().map_err(|error| {
        AppError::bad_input("body", "the file was cut short").with_cause(error.to_string())
    })
}
