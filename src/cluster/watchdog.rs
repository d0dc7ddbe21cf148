//! Stops the server when our process dies without doing it.

use std::io::Write as _;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::error::ClusterError;

/// Reads a word from us and leaves; if we are gone instead, the pipe closes
/// and the server is asked for a fast shutdown. `$1` is its process id, `$2`
/// its id file: it deletes that when it ends, after which the id may be
/// somebody else's.
const SCRIPT: &str = r#"
read -r word && exit 0
read -r pid < "$2" && [ "$pid" = "$1" ] && kill -INT "$1"
"#;

/// A small process that outlives ours just long enough.
#[derive(Debug)]
pub(super) struct Watchdog {
    child: Child,
}

impl Watchdog {
    /// Watches over the server `pid` of `pgdata`. Its pipe is closed on `exec`,
    /// so no other child of ours holds it open.
    pub(super) fn start(pid: u32, pgdata: &Path) -> Result<Self, ClusterError> {
        Command::new("sh")
            .args(["-c", SCRIPT, "tubex-watchdog", &pid.to_string()])
            .arg(pgdata.join("postmaster.pid"))
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C in a terminal goes to its foreground group: not to this.
            .process_group(0)
            .spawn()
            .map(|child| Self { child })
            .map_err(|cause| ClusterError::Program {
                program: "sh".to_owned(),
                cause,
            })
    }

    /// Sends it away: there is nothing left to watch.
    pub(super) fn dismiss(mut self) {
        if let Some(mut pipe) = self.child.stdin.take() {
            // It fails if somebody ended the watchdog, which is as well.
            let _ = pipe.write_all(b"done\n");
        }
        let _ = self.child.wait();
    }
}
