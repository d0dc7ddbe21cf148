//! As whom the server runs: PostgreSQL refuses root.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt, chown, fchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{Uid, User};

use super::error::ClusterError;

/// Accounts that root may run the server as, best first.
const NAMES: [&str; 2] = ["postgres", "nobody"];

/// The account of the server: our own, or a lesser one if we are root.
#[derive(Clone, Debug)]
pub(super) struct Account {
    /// `None`: children simply run as we do.
    lesser: Option<Lesser>,
}

#[derive(Clone, Debug)]
struct Lesser {
    uid: u32,
    gid: u32,
    name: &'static str,
}

impl Account {
    /// Our own account; for root that of `postgres`, else of `nobody`. It must
    /// be in the user database, where PostgreSQL looks its name up.
    pub(super) fn choose() -> Result<Self, ClusterError> {
        if !Uid::effective().is_root() {
            return Ok(Self { lesser: None });
        }
        NAMES
            .into_iter()
            .find_map(Lesser::named)
            .map(|lesser| Self {
                lesser: Some(lesser),
            })
            .ok_or(ClusterError::NoAccount)
    }

    /// The account that owns `folder`, if root may run the server as that one;
    /// else this. A user `postgres` may have come with a later installation.
    pub(super) fn or_owner_of(self, folder: &Path) -> Self {
        let Some(owner) = folder.metadata().ok().map(|found| found.uid()) else {
            return self;
        };
        let owns = |lesser: &Lesser| lesser.uid == owner;
        let lesser = self.lesser.map(|chosen| {
            let others = NAMES.into_iter().filter_map(Lesser::named);
            others.into_iter().find(owns).unwrap_or(chosen)
        });
        Self { lesser }
    }

    /// Its user id.
    pub(super) fn uid(&self) -> u32 {
        let own = || Uid::effective().as_raw();
        self.lesser.as_ref().map_or_else(own, |lesser| lesser.uid)
    }

    /// The name of the lesser account, if it is one.
    pub(super) fn lesser_name(&self) -> Option<&'static str> {
        self.lesser.as_ref().map(|lesser| lesser.name)
    }

    /// A command that will run as this account, where it may be and without
    /// the caller's `PG…` variables, which would steer the programs.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").env("LC_ALL", "C");
        #[expect(clippy::disallowed_methods, reason = "not settings of ours")]
        let variables = std::env::vars_os();
        for (name, _) in variables {
            if name.as_encoded_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        if let Some(Lesser { uid, gid, .. }) = self.lesser {
            // Dropping root this way also drops root's supplementary groups.
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Makes the account the owner of `folder`, which only we may replace.
    pub(super) fn give_folder(&self, folder: &Path) -> io::Result<()> {
        match self.lesser {
            Some(Lesser { uid, gid, .. }) => chown(folder, Some(uid), Some(gid)),
            None => Ok(()),
        }
    }

    /// Makes the account the owner of an open file.
    pub(super) fn give_file(&self, file: &File) -> io::Result<()> {
        match self.lesser {
            Some(Lesser { uid, gid, .. }) => fchown(file, Some(uid), Some(gid)),
            None => Ok(()),
        }
    }

    /// Whether the account may pass through `folder` and all above it. What
    /// does not exist yet is taken to be as open as what it will be made in.
    pub(super) fn may_enter(&self, folder: &Path) -> bool {
        let Some(lesser) = &self.lesser else {
            return true;
        };
        let existing = folder.ancestors().find_map(|path| path.canonicalize().ok());
        existing.is_some_and(|path| {
            path.ancestors()
                .all(|folder| folder.metadata().is_ok_and(|found| lesser.passes(&found)))
        })
    }
}

impl Lesser {
    fn named(name: &'static str) -> Option<Self> {
        let user = User::from_name(name).ok().flatten()?;
        Some(Self {
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
            name,
        })
    }

    /// The first class that fits decides alone, as in the kernel.
    fn passes(&self, folder: &Metadata) -> bool {
        let execute = if folder.uid() == self.uid {
            0o100
        } else if folder.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        folder.mode() & execute != 0
    }
}
