//! The picture at the head.

use std::time::Duration;

use futures_util::TryStreamExt;
use tokio::time::timeout;

use crate::error::{AppError, AppResult, ErrorCode};
use crate::files::{Depot, FileId};
use crate::kernel::pdf::{NoPicture, Picture};
use crate::tenancy::TenantContext;

/// How long the content of a file is waited for by who chooses it.
const PATIENCE: Duration = Duration::from_secs(5);
/// When it is to be tried again.
const COME_BACK: Duration = Duration::from_secs(5);
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

/// Whether a paper can show what a file holds; none if there is no such content.
pub type Seen = Option<Result<(), NoPicture>>;

/// Looks at the content of a file, unless its store takes too long to tell it.
pub async fn look(depot: &Depot, context: &TenantContext, file: FileId) -> AppResult<Seen> {
    let found = timeout(PATIENCE, content(depot, context, file)).await;
    let late = |_elapsed| {
        let message = "the store of files takes long; try again";
        AppError::overloaded(message, COME_BACK)
    };
    let Some(bytes) = found.map_err(late)?? else {
        return Ok(None);
    };
    let looking = tokio::task::spawn_blocking(move || Picture::read(&bytes).map(drop));
    looking.await.map(Some).map_err(AppError::internal)
}
