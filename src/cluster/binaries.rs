//! The programs of one installed PostgreSQL.

use std::path::{Path, PathBuf};

use super::account::Account;
use super::command::run;

/// Oldest major version that serves: the first to recover with one `syncfs`.
const OLDEST: u32 = 14;
/// What our schemas need beyond the core.
const EXTENSIONS: [&str; 2] = ["pg_trgm", "btree_gist"];

/// `initdb` and `postgres` of one usable version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binaries {
    folder: PathBuf,
    version: String,
    major: u32,
}

impl Binaries {
    /// Looks at what is in `folder`; or why it can not be used, as a clause.
    ///
    /// `initdb --show` is asked, as the server's account: it works only if that
    /// account may run it, a `postgres` of its version is beside it and its
    /// shared files are complete; and it tells where these are, which differs
    /// from distribution to distribution.
    pub(super) fn probe(folder: &Path, account: &Account) -> Result<Self, String> {
        let folder = real_folder(folder)?;
        // Nothing is made; any other method would want a password.
        let mut show = account.command(&folder.join("initdb"));
        let told = run(show.args(["--show", "-D", "/nonexistent", "-A", "trust"]))?;
        let version = value(&told, "VERSION").ok_or("its `initdb` tells no version")?;
        let major = major_of(&version).ok_or_else(|| format!("version {version} is unknown"))?;
        if major < OLDEST {
            return Err(format!("version {version} is older than {OLDEST}"));
        }
        let share = value(&told, "share_path").unwrap_or_default();
        for extension in EXTENSIONS {
            let control = format!("{share}/extension/{extension}.control");
            if !Path::new(&control).exists() {
                return Err(format!(
                    "it lacks {extension}, which comes in a package such as `postgresql-contrib`"
                ));
            }
        }
        Ok(Self {
            folder,
            version: first_word(&version),
            major,
        })
    }

    /// Path of `initdb`.
    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    /// Path of the server.
    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    /// Such as "15.8".
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// Such as 15.
    pub(super) fn major(&self) -> u32 {
        self.major
    }
}

/// Where the programs really are: a link in a `bin` folder may have been made
/// for `initdb` alone, and a wrapper script may stand for both.
fn real_folder(folder: &Path) -> Result<PathBuf, String> {
    let initdb = folder
        .join("initdb")
        .canonicalize()
        .map_err(|_| "it holds no `initdb`")?;
    [initdb.parent(), Some(folder)]
        .into_iter()
        .flatten()
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .map(Path::to_owned)
        .ok_or_else(|| "it holds `initdb` but no `postgres`".to_owned())
}

/// The value of the line `name=value`.
fn value(text: &str, name: &str) -> Option<String> {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
        .map(str::to_owned)
}

/// "15.8 (Debian 15.8-0+deb12u1)" is of major version 15, and so is "15beta1".
fn major_of(version: &str) -> Option<u32> {
    let end = version.find(|c: char| !c.is_ascii_digit());
    version.get(..end.unwrap_or(version.len()))?.parse().ok()
}

fn first_word(version: &str) -> String {
    version.split(' ').next().unwrap_or(version).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_initdb_tells() {
        let told = "VERSION=15.8 (Debian 15.8-0+deb12u1)\nPGDATA=/x\nshare_path=/usr/share/pg\n";
        let version = value(told, "VERSION").unwrap();
        assert_eq!(first_word(&version), "15.8");
        assert_eq!(major_of(&version), Some(15));
        assert_eq!(major_of("19beta1"), Some(19));
        assert_eq!(major_of("devel"), None);
        assert_eq!(value(told, "share_path").as_deref(), Some("/usr/share/pg"));
    }

    #[test]
    fn a_folder_without_programs_is_refused() {
        let account = Account::choose().unwrap();
        let why = Binaries::probe(Path::new("/nonexistent"), &account).unwrap_err();
        assert_eq!(why, "it holds no `initdb`");
    }
}
