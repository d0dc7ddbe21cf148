//! Where PostgreSQL may be installed on a machine.

use std::path::{Path, PathBuf};

/// Parent folder, start of the name, and the rest: of those that match, the
/// highest number is looked at first.
const USUAL: [(&str, &str, &str); 7] = [
    // Debian and Ubuntu keep the server off the PATH.
    ("/usr/lib/postgresql", "", "bin"),
    // The project's own packages for Fedora and its kin.
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    // What `make install` does.
    ("/usr/local", "pgsql", "bin"),
];

/// Where to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// On the PATH, then in the usual folders.
    System,
    /// In no folder, as if the machine had no PostgreSQL.
    #[cfg(test)]
    Nowhere,
}

impl Search {
    /// The folders that hold an `initdb` at this moment, best first.
    pub(super) fn folders(self) -> Vec<PathBuf> {
        match self {
            Self::System => system_folders(),
            #[cfg(test)]
            Self::Nowhere => Vec::new(),
        }
    }
}

fn system_folders() -> Vec<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "not a setting of ours")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for (parent, start, rest) in USUAL {
        folders.extend(matching(Path::new(parent), start, rest));
    }
    folders.retain(|folder| folder.join("initdb").is_file());
    folders
}

fn matching(parent: &Path, start: &str, rest: &str) -> Vec<PathBuf> {
    let Ok(entries) = parent.read_dir() else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.starts_with(start))
        .collect();
    names.sort_by_key(|name| std::cmp::Reverse(number_in(name)));
    names
        .iter()
        .map(|name| parent.join(name).join(rest))
        .collect()
}

/// The first whole number in a name such as `postgresql@17`; else 0.
fn number_in(name: &str) -> u32 {
    name.split(|c: char| !c.is_ascii_digit())
        .find_map(|digits| digits.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::number_in;

    #[test]
    fn names_are_ordered_by_their_number() {
        assert_eq!(number_in("9.6"), 9);
        assert_eq!(number_in("postgresql@17"), 17);
        assert_eq!(number_in("pgsql-16"), 16);
        assert_eq!(number_in("postgresql"), 0);
    }
}
