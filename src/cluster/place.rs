//! Where the cluster's files are.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Report;
use super::account::Account;
use super::error::ClusterError;
use super::own::{check_own, make_own};
use super::postmaster::stop_left_behind;

/// Folder of the cluster in the data folder.
const HOME: &str = "postgres";
/// Written to the data folder when the cluster is kept elsewhere.
const NOTE: &str = "postgres.location";
/// Where that is. Survives a restart of the machine, and anybody may enter.
const ELSEWHERE: &str = "/var/tmp";

/// Start of the names of data folders in the making.
const UNFINISHED: &str = "unfinished-";

/// The files of one cluster. The home is ours; the server's account owns only
/// what it needs within, so that as root we never write where a lesser account
/// could have laid a link.
#[derive(Clone, Debug)]
pub(super) struct Place {
    home: PathBuf,
}

impl Place {
    /// Makes the home of the cluster of `data`, which must be canonical and
    /// locked. It is in `data` if `account` may enter there.
    pub(super) fn settle(
        data: &Path,
        account: &Account,
        report: Report<'_>,
    ) -> Result<Self, ClusterError> {
        let home = match Self::find(data)? {
            Some(place) => place.home,
            None if account.may_enter(data) => data.join(HOME),
            None => move_away(data, account, report)?,
        };
        make_home(&home, account)?;
        Ok(Self { home })
    }

    /// The cluster of `data`, if it has one.
    pub(super) fn find(data: &Path) -> Result<Option<Self>, ClusterError> {
        let note = data.join(NOTE);
        match fs::read(&note) {
            Ok(named) => {
                let home = elsewhere(data);
                if OsStr::from_bytes(named.trim_ascii()) != home.as_os_str() {
                    return Err(ClusterError::Moved {
                        data: data.to_owned(),
                    });
                }
                Ok(Some(Self { home }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let home = data.join(HOME);
                Ok(home.is_dir().then_some(Self { home }))
            }
            Err(error) => Err(ClusterError::at(&note)(error)),
        }
    }

    /// Stops and deletes the cluster of `data`, which must be locked.
    pub(super) fn delete(data: &Path, report: Report<'_>) -> Result<(), ClusterError> {
        delete_home(&data.join(HOME), report)?;
        let note = data.join(NOTE);
        if note.exists() {
            delete_home(&elsewhere(data), report)?;
            fs::remove_file(&note).map_err(ClusterError::at(&note))?;
        }
        Ok(())
    }

    /// PostgreSQL's own data folder.
    pub(super) fn pgdata(&self) -> PathBuf {
        self.home.join("data")
    }

    /// Where a new data folder is being made; `name` tells attempts apart.
    pub(super) fn unfinished(&self, name: &str) -> PathBuf {
        self.home.join(format!("{UNFINISHED}{name}"))
    }

    /// Deletes what earlier attempts to make a data folder left behind.
    pub(super) fn delete_unfinished(&self) -> Result<(), ClusterError> {
        let at_home = ClusterError::at(&self.home);
        for entry in fs::read_dir(&self.home).map_err(at_home)?.flatten() {
            let name = entry.file_name();
            if name.as_encoded_bytes().starts_with(UNFINISHED.as_bytes()) {
                fs::remove_dir_all(entry.path()).map_err(ClusterError::at(&entry.path()))?;
            }
        }
        Ok(())
    }

    /// The password of the superuser.
    pub(super) fn password(&self) -> PathBuf {
        self.home.join("password")
    }

    /// The port last used.
    pub(super) fn port(&self) -> PathBuf {
        self.home.join("port")
    }

    /// The settings, written at each start.
    pub(super) fn settings(&self) -> PathBuf {
        self.home.join("server.conf")
    }

    /// What the server says.
    pub(super) fn log(&self) -> PathBuf {
        self.home.join("server.log")
    }
}

/// The folder that stands in for `path` where the server's account can not
/// reach it; always the same for the same path.
pub(super) fn elsewhere(path: &Path) -> PathBuf {
    let digest = Sha256::digest(path.as_os_str().as_bytes());
    let mut name = String::from("tubex-");
    for byte in digest.iter().take(8) {
        // Writing to a string does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    Path::new(ELSEWHERE).join(name)
}

fn make_home(home: &Path, account: &Account) -> Result<(), ClusterError> {
    // Another account passes through to its own folder and sees nothing else.
    let mode = if account.lesser_name().is_some() {
        0o711
    } else {
        0o700
    };
    make_own(home, mode)
}

fn move_away(data: &Path, account: &Account, report: Report<'_>) -> Result<PathBuf, ClusterError> {
    let home = elsewhere(data);
    // A cluster whose data folder was deleted by hand is not wanted back.
    delete_home(&home, report)?;
    let note = data.join(NOTE);
    fs::write(&note, format!("{}\n", home.display())).map_err(ClusterError::at(&note))?;
    report(&format!(
        "Keeping PostgreSQL's files in {}, as user {} may not enter {}",
        home.display(),
        account.lesser_name().unwrap_or("postgres"),
        data.display()
    ));
    Ok(home)
}

fn delete_home(home: &Path, report: Report<'_>) -> Result<(), ClusterError> {
    if fs::symlink_metadata(home).is_err() {
        return Ok(());
    }
    check_own(home)?;
    let place = Place {
        home: home.to_owned(),
    };
    stop_left_behind(&place.pgdata(), report)?;
    fs::remove_dir_all(home).map_err(ClusterError::at(home))
}
