//! Making a cluster: whole, or not at all.

use std::fs;
use std::io;
use std::path::Path;

use uuid::Uuid;

use super::account::Account;
use super::binaries::Binaries;
use super::command::run;
use super::error::ClusterError;
use super::own::make_own;
use super::password;
use super::place::Place;
use super::spec::Durability;

/// Name of the superuser.
pub(super) const SUPERUSER: &str = "tubex";
/// Options of every `initdb`.
const ALWAYS: [&str; 8] = [
    "-U",
    SUPERUSER,
    "-A",
    "scram-sha-256",
    "-E",
    "UTF8",
    "--text-search-config=simple",
    "--no-instructions",
];
/// First major version with character rules of its own.
const BUILTIN_SINCE: u32 = 17;

/// The major version that made the data folder `pgdata`; `None` if there is none.
pub(super) fn made_by(pgdata: &Path) -> Result<Option<u32>, ClusterError> {
    let path = pgdata.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().map(Some).map_err(|_| {
            ClusterError::at(&path)(io::Error::other("it names no version of PostgreSQL"))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ClusterError::at(&path)(error)),
    }
}

/// Makes the data folder of `place` and the password of its superuser.
///
/// It is made under another name and renamed when complete, so that a folder
/// of the final name is never half-made.
pub(super) fn create(
    place: &Place,
    binaries: &Binaries,
    account: &Account,
    durability: Durability,
) -> Result<(), ClusterError> {
    password::create(place, account)?;
    let mut refused = String::new();
    for rules in character_rules(binaries.major()) {
        place.delete_unfinished()?;
        let folder = place.unfinished(&Uuid::now_v7().simple().to_string());
        make_own(&folder, 0o700)?;
        let given = account.give_folder(&folder);
        given.map_err(ClusterError::at(&folder))?;

        let mut initdb = account.command(&binaries.initdb());
        initdb.arg("-D").arg(&folder);
        initdb.arg("--pwfile").arg(place.password());
        initdb.args(ALWAYS).args(rules);
        if durability == Durability::Disposable {
            initdb.arg("--no-sync");
        }
        match run(&mut initdb) {
            Ok(_) => return finish(&folder, &place.pgdata()),
            Err(why) if why.contains("invalid locale") => refused = why,
            Err(why) => return Err(ClusterError::Initdb { why }),
        }
    }
    Err(ClusterError::Initdb { why: refused })
}

fn finish(made: &Path, pgdata: &Path) -> Result<(), ClusterError> {
    fs::rename(made, pgdata).map_err(ClusterError::at(pgdata))
}

/// Options for how text is compared, in the order in which they are tried.
///
/// Order is always that of the bytes: the same on every machine, and unchanged
/// by an update of the system's libraries, which would silently break indexes.
/// What is a letter, and its other case, should follow Unicode. PostgreSQL 17
/// brings rules of its own for that; before, the system has them under names
/// that differ (`C.UTF-8` on Linux, `en_US.UTF-8` on macOS) or not at all.
fn character_rules(major: u32) -> Vec<&'static [&'static str]> {
    if major >= BUILTIN_SINCE {
        return vec![&[
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]];
    }
    vec![
        &["--locale=C", "--lc-ctype=C.UTF-8"],
        &["--locale=C", "--lc-ctype=en_US.UTF-8"],
        &["--locale=C"],
    ]
}
