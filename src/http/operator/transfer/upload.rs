//! A body as a file without a name.

use std::fs::File;
use std::io::{self, Seek, Write};

use crate::error::{AppError, AppResult, ErrorCode};
use crate::http::body::next_piece;
use crate::kernel::nameless::nameless;
use actix_web::web::{self, Bytes, BytesMut, Payload};

/// Written at once.
const PIECE: usize = 256 * 1024;

/// Takes the body into a file, which nobody else can open and which goes when it
/// is closed, whatever happens.
pub(super) async fn receive(mut body: Payload, limit: u64) -> AppResult<File> {
    let mut file = on_disk(nameless).await?;
    let mut together = BytesMut::with_capacity(PIECE);
    let mut bytes = 0_u64;
    while let Some(piece) = next_piece(&mut body).await? {
        bytes = bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        check(bytes, limit)?;
        together.extend_from_slice(&piece);
        if together.len() >= PIECE {
            file = written(file, together.split().freeze()).await?;
        }
    }
    let mut file = written(file, together.freeze()).await?;
    on_disk(move || file.rewind().map(|()| file)).await
}

/// Refuses a body that is too long.
pub(super) fn check(bytes: u64, limit: u64) -> AppResult<()> {
    if bytes <= limit {
        return Ok(());
    }
    let message = format!(
        "the file may have at most {limit} bytes (--max-import-mib); \
         `tubex tenant import` takes any"
    );
    Err(AppError::new(ErrorCode::LimitExceeded, message))
}

async fn written(mut file: File, data: Bytes) -> AppResult<File> {
    on_disk(move || file.write_all(&data).map(|()| file)).await
}

async fn on_disk(work: impl FnOnce() -> io::Result<File> + Send + 'static) -> AppResult<File> {
    let done = web::block(work).await.map_err(AppError::internal)?;
    done.map_err(AppError::internal)
}
