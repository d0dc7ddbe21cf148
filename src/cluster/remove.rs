//! Deleting clusters.

use std::fs::{self, DirEntry};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use nix::unistd::Uid;

use super::Report;
use super::error::ClusterError;
use super::lock::{DataLock, LOCK_FILE};
use super::place::Place;

/// A folder without a lock file is left alone for this long: its owner may be
/// about to make one.
const GRACE: Duration = Duration::from_mins(1);

/// Deletes the cluster of `data` with all it holds, and nothing else in there.
/// A server that a killed process left behind is stopped first; if a live
/// process holds the folder, the answer is [`ClusterError::InUse`].
pub fn remove(data: &Path) -> Result<(), ClusterError> {
    let data = match data.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        result => result.map_err(ClusterError::at(data))?,
    };
    let _lock = DataLock::take(&data)?;
    Place::delete(&data, &|_| {})
}

/// Deletes the data folders in `parent` whose names start with `prefix`, whole,
/// if no live process holds them: what killed tests left behind. Those of other
/// users are not touched. What fails is reported and left for the next time.
pub fn sweep(parent: &Path, prefix: &str, report: Report<'_>) {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| is_candidate(entry, prefix)) {
        let data = entry.path();
        match sweep_one(&data, report) {
            Ok(()) => report(&format!("Deleted {}, a leftover", data.display())),
            Err(ClusterError::InUse { .. }) => {}
            Err(error) => report(&error.to_string()),
        }
    }
}

fn is_candidate(entry: &DirEntry, prefix: &str) -> bool {
    let named = entry
        .file_name()
        .as_encoded_bytes()
        .starts_with(prefix.as_bytes());
    // Does not follow links, which are nobody's leftovers.
    named
        && entry.metadata().is_ok_and(|found| {
            let old = || found.modified().is_ok_and(is_past_grace);
            found.is_dir()
                && found.uid() == Uid::effective().as_raw()
                && (entry.path().join(LOCK_FILE).exists() || old())
        })
}

fn is_past_grace(time: std::time::SystemTime) -> bool {
    time.elapsed().is_ok_and(|age| age > GRACE)
}

fn sweep_one(data: &Path, report: Report<'_>) -> Result<(), ClusterError> {
    let data = data.canonicalize().map_err(ClusterError::at(data))?;
    let _lock = DataLock::take(&data)?;
    Place::delete(&data, report)?;
    fs::remove_dir_all(&data).map_err(ClusterError::at(&data))
}
