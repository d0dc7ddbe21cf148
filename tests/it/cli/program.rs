//! The program as a process of its own, in a folder of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::ExposeSecret;
use serde_json::Value;
use tubex::config::DatabaseSettings;

/// Long enough for a loaded machine; a test that waits this long fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// A folder that goes when the test ends.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let name = format!("cli-{}", uuid::Uuid::new_v4().simple());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file; gives its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.0.join(name), text).unwrap();
        self.path(name)
    }

    /// The program, to be run here, with none of the caller's settings.
    pub fn program(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tubex"));
        command.args(args).current_dir(&self.0).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            // Where PostgreSQL is belongs to the machine.
            if name.starts_with("TUBEX_") && name != "TUBEX_POSTGRES_BIN" {
                command.env_remove(name.as_ref());
            }
        }
        // What a passing test has to say is of no interest.
        command.env("TUBEX_LOG", "warn");
        // Nor would a test that does not ask for spares like to wait for them.
        command.env("TUBEX_SPARE_DEALERS", "0");
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Ended {
        Ended::of(self.program(args))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A cluster may keep files elsewhere; what stays is swept by hand.
        let _removed = tubex::cluster::remove(&self.0);
        let _removed = std::fs::remove_dir_all(&self.0);
    }
}

/// What a program said, and how it ended.
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn of(mut command: Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The one JSON line of a run that must have succeeded.
    pub fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        assert_eq!(self.out.lines().count(), 1, "{}", self.out);
        serde_json::from_str(&self.out).unwrap()
    }

    /// What a run that must have failed under `--json` gives as its reason.
    pub fn reason(&self) -> String {
        assert_eq!(self.code, Some(1), "{}{}", self.out, self.err);
        let failure: Value = serde_json::from_str(&self.out).unwrap();
        failure["error"]["message"].as_str().unwrap().to_owned()
    }

    /// All that was said.
    pub fn text(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// The flags that name a database.
pub fn database_flags(database: &DatabaseSettings) -> [String; 4] {
    [
        "--database-url".to_owned(),
        database.database_url.expose_secret().to_owned(),
        "--database-owner-url".to_owned(),
        database.database_owner_url.expose_secret().to_owned(),
    ]
}

/// A program that goes on until it is told to stop.
pub struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Running {
    /// Starts it and waits for its line of JSON.
    pub fn start(mut command: Command) -> (Self, Value) {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self { child, out };
        let mut line = String::new();
        running.out.read_line(&mut line).unwrap();
        let report = serde_json::from_str(&line);
        (
            running,
            report.unwrap_or_else(|error| panic!("{error}: {line}")),
        )
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal and waits for the end.
    pub fn end_by(mut self, signal: Signal) -> ExitStatus {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        kill(pid, signal).unwrap();
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end on {signal}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Only a test that failed leaves it running.
        if let Ok(None) = self.child.try_wait() {
            let _killed = self.child.kill();
            let _ended = self.child.wait();
        }
    }
}
