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
    let mut content = Vec::new();
    while let Some(piece) = pieces.try_next().await? {
        content.extend_from_slice(&piece);
        if content.len() > MOST {
            break;
        }
    }
    Ok(Some(content))
}

/// The picture in it.
pub fn read(content: &[u8]) -> Result<Picture, NoPicture> {
    Picture::read(content)
}
