//! What a process that was killed has left in the folder of files: content that was not
//! whole yet, beside its place, with `#` and a number behind its name. The store shows none
//! of it.

use std::io;
use std::path::{Path, PathBuf};

use super::links::Link;
use crate::error::{AppError, AppResult};
use crate::kernel::ids::DealerId;

/// Most pieces that are looked for of one file: it is brought once, or a few times.
const MOST: u8 = 16;

/// A folder of files.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(dir: &Path) -> Self {
        Self(dir.to_owned())
    }

    /// Removes what is left of a file that is whole, or to be deleted.
    pub(super) async fn tidy(&self, link: Link) -> AppResult<()> {
        let dir = self.0.join(link.dealer.to_string());
        on_disk(move || {
            for number in 1..=MOST {
                absent(std::fs::remove_file(
                    dir.join(format!("{}#{number}", link.file)),
                ))?;
            }
            Ok(())
        })
        .await
    }

    /// Removes all that a dealer has.
    pub(super) async fn remove(&self, dealer: DealerId) -> AppResult<()> {
        let dir = self.0.join(dealer.to_string());
        on_disk(move || absent(std::fs::remove_dir_all(dir))).await
    }
}

/// What is not there is as good as removed.
fn absent(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

async fn on_disk(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> AppResult<()> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(AppError::internal)?
        .map_err(AppError::internal)
}
