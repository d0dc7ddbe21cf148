//! The GraphiQL bundle, built by npm on machines that have it.
//!
//! The inputs of the build are part of this program, so a binary far from its
//! source tree builds the same bundle. It is built once per version of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use crate::kernel::hex;

/// What `web/build.mjs` reads, sorted by path as it sorts them.
const SOURCES: &[(&str, &str)] = &[
    ("build.mjs", include_str!("../../web/build.mjs")),
    (
        "explorer/signin.js",
        include_str!("../../web/explorer/signin.js"),
    ),
    (
        "package-lock.json",
        include_str!("../../web/package-lock.json"),
    ),
    ("package.json", include_str!("../../web/package.json")),
    ("src/entry.jsx", include_str!("../../web/src/entry.jsx")),
    (
        "src/examples.jsx",
        include_str!("../../web/src/examples.jsx"),
    ),
    ("src/fetcher.js", include_str!("../../web/src/fetcher.js")),
    ("src/index.html", include_str!("../../web/src/index.html")),
    ("src/page.css", include_str!("../../web/src/page.css")),
    ("src/storage.js", include_str!("../../web/src/storage.js")),
];

/// Start of the name of a folder that is built in; the process's id follows.
const BUILD_PREFIX: &str = "graphiql-build-";

/// Why there is no bundle; the smaller page takes its place.
#[derive(Debug, thiserror::Error)]
pub(super) enum BundleError {
    /// This machine can not build one.
    #[error("node and npm are not installed")]
    NoNode,
    /// It may not be fetched.
    #[error("--offline was given and no bundle was built before")]
    Offline,
    /// A step failed.
    #[error("`{step}` failed: {cause}")]
    Step {
        /// What was run.
        step: &'static str,
        /// Its last words.
        cause: String,
    },
    /// A file could not be written.
    #[error("{0}")]
    File(#[from] std::io::Error),
}

/// The folder of the current bundle below `tools`, built now if it is missing.
pub(super) fn ensure(tools: &Path) -> Result<PathBuf, BundleError> {
    let target = tools.join("graphiql");
    if is_current(&target) {
        return Ok(target);
    }
    if !runs("node") || !runs("npm") {
        return Err(BundleError::NoNode);
    }
    sweep(tools);
    // Of this process alone: two first runs may build at the same time.
    let work = tools.join(format!("{BUILD_PREFIX}{}", std::process::id()));
    let built = build(&work);
    let moved = built.and_then(|dist| {
        if target.exists() {
            std::fs::remove_dir_all(&target)?;
        }
        Ok(std::fs::rename(dist, &target)?)
    });
    // Some 200 MB of packages, of no use once the bundle is there.
    let removed = std::fs::remove_dir_all(&work);
    moved?;
    removed?;
    Ok(target)
}

/// Removes what builds left behind that were killed.
fn sweep(tools: &Path) {
    let Ok(entries) = std::fs::read_dir(tools) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name
            .strip_prefix(BUILD_PREFIX)
            .and_then(|pid| pid.parse().ok());
        if owner.is_some_and(|pid| !is_alive(pid)) {
            // What can not be removed costs space and nothing else.
            if let Err(error) = std::fs::remove_dir_all(entry.path()) {
                tracing::warn!(%error, folder = name, "a leftover could not be removed");
            }
        }
    }
}

fn is_alive(pid: i32) -> bool {
    use nix::errno::Errno;
    let asked = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None);
    asked != Err(Errno::ESRCH)
}

/// Whether [`ensure`] would have nothing to do.
pub(super) fn is_current(target: &Path) -> bool {
    std::fs::read_to_string(target.join("VERSION")).is_ok_and(|version| version.trim() == hash())
}

fn build(work: &Path) -> Result<PathBuf, BundleError> {
    for (name, text) in SOURCES {
        let path = work.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    let npm = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ];
    step("npm ci", Command::new("npm").args(npm).current_dir(work))?;
    step(
        "node build.mjs",
        Command::new("node")
            .args(["build.mjs", "dist"])
            .current_dir(work),
    )?;
    Ok(work.join("dist"))
}

fn step(name: &'static str, command: &mut Command) -> Result<(), BundleError> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let cause = text.lines().rev().find(|line| !line.trim().is_empty());
    Err(BundleError::Step {
        step: name,
        cause: cause.unwrap_or("no reason given").trim().to_owned(),
    })
}

fn runs(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// As `sourceHash` of `build.mjs`: for each file its path, size and bytes.
fn hash() -> String {
    let mut hash = Sha256::new();
    for (name, text) in SOURCES {
        hash.update(format!("{name}\n{}\n", text.len()));
        hash.update(text);
    }
    hex::encode(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_of_the_build_is_listed() {
        let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        for entry in std::fs::read_dir(web.join("src")).unwrap() {
            let name = format!("src/{}", entry.unwrap().file_name().to_string_lossy());
            assert!(SOURCES.iter().any(|(source, _)| *source == name), "{name}");
        }
        assert!(SOURCES.is_sorted_by_key(|(name, _)| *name));
    }
}
