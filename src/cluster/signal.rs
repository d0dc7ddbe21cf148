//! Asking a process to end, and waiting for it.

use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How often a condition is looked at.
const INTERVAL: Duration = Duration::from_millis(20);

/// What PostgreSQL is sent, in turn, and how long each is given: first a fast
/// shutdown, which ends sessions and writes a checkpoint; then an immediate
/// one, after which the next start recovers. Never a plain kill, which would
/// leave its children behind.
const STEPS: [(Signal, Duration); 2] = [
    (Signal::SIGINT, Duration::from_secs(30)),
    (Signal::SIGQUIT, Duration::from_secs(10)),
];

/// Shuts a server down; whether `gone` became true in the end.
pub(super) fn shut_down(pid: i32, mut gone: impl FnMut() -> bool) -> bool {
    STEPS.iter().any(|(signal, limit)| {
        // A failure means that it ended just now, which `gone` will tell, or
        // that it is not ours to end, which the wait will.
        let _ = kill(Pid::from_raw(pid), *signal);
        wait_until(*limit, &mut gone)
    })
}

/// Waits until `done`, at most for `limit`; whether it came about.
pub(super) fn wait_until(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if done() {
            return true;
        }
        if start.elapsed() >= limit {
            return false;
        }
        sleep(INTERVAL);
    }
}
