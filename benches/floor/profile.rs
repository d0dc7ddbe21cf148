//! Where a server's time goes, crate by crate, as `perf` samples it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Belong to whoever has been compiled with them.
const NOBODYS: &[&str] = &["core", "alloc", "std"];
/// Below this share a crate is of the others.
const LEAST: f64 = 0.5;

/// Of each crate, in percent.
pub type Shares = BTreeMap<String, f64>;

/// A recording under way.
pub struct Recording {
    perf: Child,
    file: PathBuf,
}

impl Recording {
    /// Looks at a process for so many seconds.
    pub fn start(pid: u32, file: &Path, seconds: u64) -> Self {
        let perf = Command::new("perf")
            .args(["record", "-q", "-F", "499", "-p", &pid.to_string(), "-o"])
            .arg(file)
            .args(["--", "sleep", &seconds.to_string()])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            perf,
            file: file.to_owned(),
        }
    }

    /// The share of each crate, in percent.
    pub fn shares(mut self) -> Shares {
        let ended = self.perf.wait().unwrap();
        assert!(ended.success(), "perf record: {ended}");
        let report = Command::new("perf")
            .args(["report", "--stdio", "-q", "-F", "overhead,sym"])
            .args(["--percent-limit", "0", "-i"])
            .arg(&self.file)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&report.stdout).into_owned();
        gathered(&text)
    }
}

fn gathered(text: &str) -> Shares {
    let mut all = Shares::new();
    for line in text.lines() {
        let Some((share, symbol)) = line.trim().split_once('%') else {
            continue;
        };
        if let Ok(share) = share.parse::<f64>() {
            *all.entry(owner(symbol.trim())).or_default() += share;
        }
    }
    let (mut shares, few): (Shares, Shares) =
        all.into_iter().partition(|(_, share)| *share >= LEAST);
    shares.insert("others".to_owned(), few.values().sum());
    shares
}

/// The crate of a symbol: the first that is named in it and is not of the language.
fn owner(symbol: &str) -> String {
    if symbol.starts_with("[k]") {
        return "kernel".to_owned();
    }
    let is_part = |char: char| char.is_alphanumeric() || char == '_' || char == ':';
    let mut is_rust = false;
    for path in symbol.split(|char: char| !is_part(char)) {
        let Some((first, _)) = path.split_once("::") else {
            continue;
        };
        is_rust = true;
        if !first.is_empty() && !NOBODYS.contains(&first) {
            return first.to_owned();
        }
    }
    let rest = if is_rust { "std" } else { "libc" };
    rest.to_owned()
}
