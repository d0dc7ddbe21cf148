//! The server's log: kept short, and read when a start fails.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::command::last_lines;
use super::error::ClusterError;

/// A log longer than this, in bytes, starts anew.
const LIMIT: u64 = 8 * 1024 * 1024;
/// How many lines are told of it.
const TOLD_LINES: usize = 4;
/// What marks a line that may tell why.
const TELLING: [&str; 6] = [
    "FATAL:  ",
    "PANIC:  ",
    "ERROR:  ",
    "HINT:  ",
    "could not ",
    // About a setting.
    " in file \"",
];

/// The log of one run of a server.
#[derive(Debug)]
pub(super) struct ServerLog {
    path: PathBuf,
    start: u64,
}

impl ServerLog {
    /// Opens the log at `path`; also the file for the server to write to.
    pub(super) fn open(path: PathBuf) -> Result<(Self, File), ClusterError> {
        let open = || -> io::Result<(File, u64)> {
            let file = OpenOptions::new()
                .create(true)
                .append(true)
                .mode(0o600)
                .open(&path)?;
            if file.metadata()?.len() > LIMIT {
                file.set_len(0)?;
            }
            let start = file.metadata()?.len();
            Ok((file, start))
        };
        let (file, start) = open().map_err(ClusterError::at(&path))?;
        Ok((Self { path, start }, file))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The lines of this run that tell most, joined by "; ".
    pub(super) fn essence(&self) -> String {
        essence(&self.text().unwrap_or_default())
    }

    fn text(&self) -> io::Result<String> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.start))?;
        let mut bytes = Vec::new();
        file.take(LIMIT).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn essence(text: &str) -> String {
    let telling: Vec<&str> = text
        .lines()
        .filter(|line| TELLING.iter().any(|mark| line.contains(mark)))
        .map(without_prefix)
        .collect();
    if telling.is_empty() {
        let told = last_lines(text, TOLD_LINES);
        return if told.is_empty() {
            "it said nothing".to_owned()
        } else {
            told
        };
    }
    last_lines(&telling.join("\n"), TOLD_LINES)
}

/// Cuts the time and the process id, which end in "] ".
fn without_prefix(line: &str) -> &str {
    line.split_once("] ").map_or(line, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::essence;

    #[test]
    fn the_essence_is_what_went_wrong() {
        let log = "2026-01-01 00:00:00.000 UTC [7] LOG:  starting PostgreSQL\n\
                   2026-01-01 00:00:00.001 UTC [7] FATAL:  data directory is odd\n\
                   2026-01-01 00:00:00.001 UTC [7] LOG:  database system is shut down\n";
        assert_eq!(essence(log), "FATAL:  data directory is odd");
    }

    #[test]
    fn without_a_telling_line_the_last_ones_are_told() {
        assert_eq!(essence("one\n\ntwo\n"), "one; two");
        assert_eq!(essence(""), "it said nothing");
    }
}
