//! The file in which a server names its process, and servers left behind.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

use super::Report;
use super::command::run;
use super::error::ClusterError;
use super::signal::shut_down;

/// What `postmaster.pid` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Postmaster {
    /// Process id of the server.
    pub(super) pid: i32,
    /// Whether it accepts connections.
    pub(super) ready: bool,
}

/// Reads the file of the server of `pgdata`; `None` while there is none.
pub(super) fn read(pgdata: &Path) -> Option<Postmaster> {
    parse(&fs::read_to_string(pgdata.join("postmaster.pid")).ok()?)
}

/// Line 1 is the process id, line 8 the state, as `pg_ctl` reads them.
fn parse(text: &str) -> Option<Postmaster> {
    let pid = text.lines().next()?.trim().parse().ok()?;
    let ready = text
        .lines()
        .nth(7)
        .is_some_and(|line| line.trim() == "ready");
    (pid > 1).then_some(Postmaster { pid, ready })
}

/// Stops the server of `pgdata` if one runs. The caller holds the lock of the
/// data folder, so whoever started that server is dead.
pub(super) fn stop_left_behind(pgdata: &Path, report: Report<'_>) -> Result<(), ClusterError> {
    let Some(Postmaster { pid, .. }) = read(pgdata) else {
        return Ok(());
    };
    if !serves(pid, pgdata) {
        return Ok(());
    }
    report(&format!(
        "Stopping a PostgreSQL server that was left behind (process {pid})"
    ));
    if shut_down(pid, || !serves(pid, pgdata)) {
        Ok(())
    } else {
        Err(ClusterError::Unstoppable { pid })
    }
}

/// Whether process `pid` is a server of `pgdata`. The id alone does not tell:
/// after a crash it may have gone to any other process.
pub(super) fn serves(pid: i32, pgdata: &Path) -> bool {
    let folder = pgdata.as_os_str().as_bytes();
    match fs::read(format!("/proc/{pid}/cmdline")) {
        // Of a process that ended and was not waited for, the line is empty.
        Ok(line) => line.split(|byte| *byte == 0).any(|part| part == folder),
        Err(_) if Path::new("/proc/self/cmdline").exists() => false,
        Err(_) => named_by_ps(pid, &pgdata.display().to_string()),
    }
}

/// The same on systems without `/proc`.
fn named_by_ps(pid: i32, folder: &str) -> bool {
    run(Command::new("ps").args(["-ww", "-o", "command=", "-p", &pid.to_string()]))
        .is_ok_and(|line| line.contains("postgres") && line.contains(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_on_line_eight() {
        let file = "4711\n/data\n1700000000\n5433\n\n127.0.0.1\n  1 2\nready   \n";
        let found = Postmaster {
            pid: 4711,
            ready: true,
        };
        assert_eq!(parse(file), Some(found));
        let starting = Postmaster {
            ready: false,
            ..found
        };
        assert_eq!(parse(&file.replace("ready", "starting")), Some(starting));
        assert_eq!(parse("4711\n"), Some(starting));
    }

    #[test]
    fn ids_that_no_server_has_are_not_taken() {
        for text in ["", "x\n", "-12\n", "0\n", "1\n"] {
            assert_eq!(parse(text), None);
        }
    }

    #[test]
    fn another_process_does_not_serve_the_folder() {
        let own = i32::try_from(std::process::id()).unwrap();
        assert!(!serves(own, Path::new("/no/such/folder")));
    }
}
