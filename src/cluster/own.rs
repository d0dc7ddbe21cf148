//! Files and folders that are ours, in places that may be open to all.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use nix::unistd::Uid;

use super::account::Account;
use super::error::ClusterError;

/// Writes `content` to a file of mode 0600 that `account` can read.
pub(super) fn write_private(
    path: &Path,
    content: &str,
    account: &Account,
) -> Result<(), ClusterError> {
    let write = || -> io::Result<()> {
        let mut file = open_private(path)?;
        file.write_all(content.as_bytes())?;
        account.give_file(&file)
    };
    write().map_err(ClusterError::at(path))
}

fn open_private(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(path)
}

/// Makes `folder` unless it is there, and refuses one that is not ours: in a
/// folder open to all, somebody may have made it first.
pub(super) fn make_own(folder: &Path, mode: u32) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(mode).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(ClusterError::at(folder)(error));
        }
        _ => {}
    }
    check_own(folder)?;
    // The umask may have taken bits away.
    fs::set_permissions(folder, Permissions::from_mode(mode)).map_err(ClusterError::at(folder))
}

/// Refuses what is not a folder of ours; a link is none.
pub(super) fn check_own(folder: &Path) -> Result<(), ClusterError> {
    let found = fs::symlink_metadata(folder).map_err(ClusterError::at(folder))?;
    if !found.is_dir() {
        return Err(ClusterError::at(folder)(
            io::ErrorKind::NotADirectory.into(),
        ));
    }
    if found.uid() != Uid::effective().as_raw() {
        return Err(ClusterError::Owner {
            path: folder.to_owned(),
            owner: found.uid(),
        });
    }
    Ok(())
}
