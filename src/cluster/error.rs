//! Why there is no cluster, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// What to do where PostgreSQL is missing.
const CURE: &str = if cfg!(target_os = "macos") {
    "run `brew install postgresql@17`"
} else {
    "install PostgreSQL 14 or newer (Debian, Ubuntu: `apt-get install postgresql`; \
     Fedora: `dnf install postgresql-server postgresql-contrib`)"
};

/// Why a cluster could not be started, stopped or removed.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// Another live process holds the data folder.
    #[error("another tubex uses {}; stop it or give --data another folder", data.display())]
    InUse {
        /// The data folder.
        data: PathBuf,
    },
    /// A file or folder could not be read, written or removed.
    #[error(
        "cannot use {} ({cause}); see to it that this user may write there, \
         or give --data another folder", path.display()
    )]
    Files {
        /// What was to be used.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The folder of programs named by the caller does not serve.
    #[error(
        "PostgreSQL at {} cannot be used: {why}; name the folder that holds \
         `initdb` and `postgres` of version 14 or newer", dir.display()
    )]
    BinDir {
        /// The folder that was named.
        dir: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// No usable PostgreSQL, and none could be fetched.
    #[error("no usable PostgreSQL was found{details}; {CURE}")]
    NoPostgres {
        /// What was found or tried, in parentheses, or nothing.
        details: String,
    },
    /// The data are of another major version than all that is installed.
    #[error(
        "{} was made by PostgreSQL {made} but {installed} installed; \
         install {made} or run with --reset to start over", data.display()
    )]
    OtherVersion {
        /// The data folder.
        data: PathBuf,
        /// Major version that made it.
        made: u32,
        /// Such as "only 17 is" or "none is".
        installed: String,
    },
    /// The data belong to another account than the one the server would run as.
    #[error(
        "{} belongs to user id {owner}; run tubex as the user who made it, \
         or give --data another folder", path.display()
    )]
    Owner {
        /// The folder at fault.
        path: PathBuf,
        /// Its owner.
        owner: u32,
    },
    /// The data folder's note names the files of another data folder.
    #[error(
        "{} was moved or copied: its PostgreSQL files are those of another \
         folder; move it back, or run with --reset to start over", data.display()
    )]
    Moved {
        /// The data folder.
        data: PathBuf,
    },
    /// Root can not run PostgreSQL, and there is nobody to run it as.
    #[error(
        "PostgreSQL refuses to run as root, and there is neither a user `postgres` nor \
         `nobody` to run it as; run tubex as an ordinary user"
    )]
    NoAccount,
    /// The random generator of the system failed.
    #[error("the system gives no random numbers for a password ({0}); see to /dev/urandom")]
    Random(getrandom::Error),
    /// `initdb` failed.
    #[error("initdb could not create a cluster: {why}; mend that and start again")]
    Initdb {
        /// Its last lines.
        why: String,
    },
    /// The server ended before it was ready.
    #[error("PostgreSQL did not start: {essence}; all it said is in {}", log.display())]
    Start {
        /// The lines of its log that tell why.
        essence: String,
        /// The whole log.
        log: PathBuf,
    },
    /// The server was not ready in time.
    #[error(
        "PostgreSQL was not ready after {seconds} s: {essence}; see {} and start again, \
         recovery goes on where it was", log.display()
    )]
    Slow {
        /// How long it was waited for.
        seconds: u64,
        /// The last lines of its log.
        essence: String,
        /// The whole log.
        log: PathBuf,
    },
    /// A program of the system could not be run.
    #[error("cannot run `{program}` ({cause}); see to it that it is installed")]
    Program {
        /// Its name or path.
        program: String,
        /// What the system says.
        cause: io::Error,
    },
    /// The server does not end.
    #[error("PostgreSQL (process {pid}) does not stop; end it with `kill -QUIT {pid}`")]
    Unstoppable {
        /// Its process id.
        pid: i32,
    },
    /// The cluster is there and its password is not.
    #[error(
        "the password in {} is missing or empty; put it back or run with --reset \
         to start over", path.display()
    )]
    Password {
        /// The file that should hold it.
        path: PathBuf,
    },
    /// No TCP port could be had on 127.0.0.1.
    #[error("no port is free on 127.0.0.1 ({0}); stop programs that hold many connections")]
    Port(io::Error),
}

impl ClusterError {
    /// For `map_err`: an input or output error at `path`.
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |cause| Self::Files { path, cause }
    }
}
