//! One process at a time uses a data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::error::ClusterError;

/// Name of the lock file in a data folder.
pub(super) const LOCK_FILE: &str = "lock";

/// Holds a data folder until dropped; the kernel lets go of it when the
/// process dies in whatever way.
#[derive(Debug)]
pub(super) struct DataLock {
    file: File,
}

impl Drop for DataLock {
    /// Said, and not left to the closing of the file: a process that another thread has just
    /// forked has a copy of it until it runs its own program.
    fn drop(&mut self) {
        self.file.unlock().ok();
    }
}

impl DataLock {
    /// Takes the lock of `data`, which must exist; fails at once with
    /// [`ClusterError::InUse`] if anybody holds it.
    pub(super) fn take(data: &Path) -> Result<Self, ClusterError> {
        let path = data.join(LOCK_FILE);
        loop {
            let file = open(&path).map_err(ClusterError::at(&path))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(ClusterError::InUse {
                        data: data.to_owned(),
                    });
                }
                Err(TryLockError::Error(cause)) => return Err(ClusterError::at(&path)(cause)),
            }
            // A sweep may have deleted the file between the two steps; the
            // lock of a deleted file keeps nobody out.
            if is_still(&path, &file).map_err(ClusterError::at(&path))? {
                return Ok(Self { file });
            }
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)
}

fn is_still(path: &Path, file: &File) -> io::Result<bool> {
    let ours = file.metadata()?;
    match path.metadata() {
        Ok(found) => Ok((found.dev(), found.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
