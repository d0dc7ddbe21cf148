//! The picture at the head.

use futures_util::TryStreamExt;

use crate::error::{AppResult, ErrorCode};
use crate::files::{Depot, FileId};
use crate::kernel::pdf::{NoPicture, Picture};
use crate::tenancy::TenantContext;

/// Most bytes that are read: more than a picture may have.
const MOST: usize = 600 * 1024;

/// The content of a logo; none if it is gone.
pub async fn content(
    depot: &Depot,
    context: &TenantContext,
    file: FileId,
) -> AppResult<Option<Vec<u8>>> {
    let mut pieces = match depot.content(context, file).await {
        Ok(pieces) => pieces,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.try_next().await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > MOST {
            break;
        }
    }
    Ok(Some(bytes))
}

/// The picture in it.
pub fn read(bytes: &[u8]) -> Result<Picture, NoPicture> {
    Picture::read(bytes)
}
