//! Content on its way in: counted, hashed, looked at, written, never whole in memory.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};

use super::kind::{FileKind, Inspector, WrongContent};
use super::links::Link;
use super::store::{Store, Writer};
use crate::error::{AppError, AppResult, ErrorCode};

/// Content that is in the store, of a row that does not say so yet.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Whose it is.
    pub link: Link,
    /// In bytes.
    pub size: i64,
    /// What was set aside for it.
    pub reserved: i64,
    /// SHA-256 of it.
    pub sha256: Vec<u8>,
}

/// What the content has to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    pub(super) kind: FileKind,
    /// In bytes: exactly so many, or at most.
    pub(super) size: i64,
    pub(super) is_exact: bool,
}

/// Content that was written, and that nobody sees yet.
pub(super) struct Written {
    pub(super) arrived: Arrived,
    writer: Writer,
}

impl Written {
    /// Makes it last, in the place of what was there.
    pub(super) async fn finish(&mut self) -> AppResult<()> {
        self.writer.finish().await
    }

    /// Takes it back, unless it is finished.
    pub(super) async fn abandon(&mut self) {
        self.writer.abandon().await;
    }
}

/// Writes what `pieces` give. If it fails, nothing of it stays.
pub(super) async fn receive(
    store: &Store,
    link: Link,
    expected: Expected,
    pieces: impl Stream<Item = AppResult<Bytes>>,
) -> AppResult<Written> {
    let mut writer = store.writer(link);
    match write(&mut writer, link, expected, pieces).await {
        Ok(arrived) => Ok(Written { arrived, writer }),
        Err(error) => {
            writer.abandon().await;
            Err(error)
        }
    }
}

async fn write(
    writer: &mut Writer,
    link: Link,
    expected: Expected,
    pieces: impl Stream<Item = AppResult<Bytes>>,
) -> AppResult<Arrived> {
    let mut pieces = std::pin::pin!(pieces);
    let (mut size, mut hash) = (0_i64, Sha256::new());
    let mut inspector = Inspector::new(expected.kind);
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        let length = i64::try_from(piece.len()).unwrap_or(i64::MAX);
        size = size.saturating_add(length);
        if size > expected.size {
            return Err(too_long(expected));
        }
        inspector.take(&piece).map_err(wrong)?;
        hash.update(&piece);
        writer.write(&piece).await?;
    }
    if size == 0 && !expected.is_exact {
        return Err(AppError::bad_input("file", "the file is empty"));
    }
    inspector.finish().map_err(wrong)?;
    if expected.is_exact && size != expected.size {
        let message = format!("{size} bytes have come of {}", expected.size);
        return Err(AppError::bad_input("body", message));
    }
    let sha256 = hash.finalize().to_vec();
    Ok(Arrived {
        link,
        size,
        reserved: expected.size,
        sha256,
    })
}

fn wrong(error: WrongContent) -> AppError {
    AppError::bad_input("file", error.to_string())
}

fn too_long(expected: Expected) -> AppError {
    let size = expected.size;
    let message = if expected.is_exact {
        format!("the file was announced with {size} bytes and has more")
    } else {
        format!("the file may have at most {size} bytes")
    };
    AppError::new(ErrorCode::LimitExceeded, message)
}
