//! A running server process.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::account::Account;
use super::binaries::Binaries;
use super::error::ClusterError;
use super::own::write_private;
use super::place::Place;
use super::server_log::ServerLog;
use super::signal::{shut_down, wait_until};
use super::spec::Durability;
use super::watchdog::Watchdog;
use super::{port, postmaster, settings};

/// How long a server may take until it accepts connections.
const READY_LIMIT: Duration = Duration::from_mins(1);
/// How often another port is tried if somebody was faster.
const PORT_TRIES: usize = 4;

/// What the server says then, in every version.
pub(super) const PORT_TAKEN: &str = "could not create any TCP/IP sockets";

/// What the server says while processes of a killed one are still there, or its id is.
const LEFTOVERS: [&str; 2] = [
    "pre-existing shared memory block",
    "lock file \"postmaster.pid\" already exists",
];
/// How long these may take to end.
const LEFTOVERS_LIMIT: Duration = Duration::from_secs(15);
/// How long is waited before each further try.
const LEFTOVERS_PAUSE: Duration = Duration::from_millis(250);

fn has_leftovers(essence: &str) -> bool {
    LEFTOVERS.iter().any(|said| essence.contains(said))
}

/// A server that accepts connections.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    watchdog: Option<Watchdog>,
    port: u16,
}

/// What a server is started from.
pub(super) struct Launch<'a> {
    /// The programs.
    pub(super) binaries: &'a Binaries,
    /// The files, with a finished data folder.
    pub(super) place: &'a Place,
    /// As whom it runs.
    pub(super) account: &'a Account,
    /// What its disk writes are worth.
    pub(super) durability: Durability,
}

impl Launch<'_> {
    /// Starts the server and waits until it accepts connections. Sessions of one that was
    /// killed end by themselves, and are waited for.
    pub(super) fn start(&self) -> Result<Server, ClusterError> {
        Self::past_leftovers(|| self.start_somewhere())
    }

    /// As [`Launch::start`], on `port` only, where clients look for it.
    pub(super) fn start_again(&self, port: u16) -> Result<Server, ClusterError> {
        Self::past_leftovers(|| self.start_on(port))
    }

    fn past_leftovers(
        start: impl Fn() -> Result<Server, ClusterError>,
    ) -> Result<Server, ClusterError> {
        let since = Instant::now();
        loop {
            match start() {
                Err(ClusterError::Start { essence, .. })
                    if has_leftovers(&essence) && since.elapsed() < LEFTOVERS_LIMIT =>
                {
                    sleep(LEFTOVERS_PAUSE);
                }
                result => return result,
            }
        }
    }

    /// Starts it on the port of the last time, or on another one if that is taken.
    fn start_somewhere(&self) -> Result<Server, ClusterError> {
        let mut port = port::choose(self.place)?;
        for _ in 1..PORT_TRIES {
            match self.start_on(port) {
                Err(ClusterError::Start { essence, .. }) if essence.contains(PORT_TAKEN) => {
                    port = port::any()?;
                }
                result => return result,
            }
        }
        self.start_on(port)
    }

    /// Starts it on `port`, or fails if that is taken.
    pub(super) fn start_on(&self, port: u16) -> Result<Server, ClusterError> {
        let Self { place, account, .. } = self;
        let text = settings::text(&place.pgdata(), port, self.durability);
        write_private(&place.settings(), &text, account)?;
        let (log, file) = ServerLog::open(place.log())?;
        let child = self.spawn(file)?;
        let mut server = Server {
            child,
            watchdog: None,
            port,
        };
        server.watchdog = Some(Watchdog::start(server.child.id(), &place.pgdata())?);
        server.wait_ready(&place.pgdata(), &log)?;
        port::remember(place, port, account)?;
        Ok(server)
    }

    fn spawn(&self, log: File) -> Result<Child, ClusterError> {
        let program = self.binaries.postgres();
        let path = self.place.log();
        let second = log.try_clone().map_err(ClusterError::at(&path))?;
        let mut settings = std::ffi::OsString::from("config_file=");
        settings.push(self.place.settings());
        self.account
            .command(&program)
            .arg("-D")
            .arg(self.place.pgdata())
            .arg("-c")
            .arg(settings)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(second)
            // Ctrl-C in a terminal is for us, who then stop it in order.
            .process_group(0)
            .spawn()
            .map_err(|cause| ClusterError::Program {
                program: program.display().to_string(),
                cause,
            })
    }
}

impl Server {
    /// The port it listens on.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Stops it, if that has not been done.
    pub(super) fn stop(&mut self) -> Result<(), ClusterError> {
        let Some(pid) = self.pid() else {
            return Ok(());
        };
        // The watchdog stays for as long as there is something to watch: we
        // may be killed while waiting.
        let gone = self.has_ended() || shut_down(pid, || self.has_ended());
        if !gone {
            return Err(ClusterError::Unstoppable { pid });
        }
        if let Some(watchdog) = self.watchdog.take() {
            watchdog.dismiss();
        }
        Ok(())
    }

    fn wait_ready(&mut self, pgdata: &Path, log: &ServerLog) -> Result<(), ClusterError> {
        let pid = self.pid();
        let is_ready =
            || postmaster::read(pgdata).is_some_and(|found| found.ready && Some(found.pid) == pid);
        let mut ended = false;
        let settled = wait_until(READY_LIMIT, || {
            ended = self.has_ended();
            ended || is_ready()
        });
        match (settled, ended) {
            (true, false) => Ok(()),
            (true, true) => Err(ClusterError::Start {
                essence: log.essence(),
                log: log.path().to_owned(),
            }),
            (false, _) => Err(ClusterError::Slow {
                seconds: READY_LIMIT.as_secs(),
                essence: log.essence(),
                log: log.path().to_owned(),
            }),
        }
    }

    fn pid(&self) -> Option<i32> {
        i32::try_from(self.child.id()).ok()
    }

    /// Whether its process is gone.
    pub(super) fn has_ended(&mut self) -> bool {
        // An error means that there is no such child any more.
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::warn!(%error, "the private PostgreSQL server was left running");
        }
    }
}
