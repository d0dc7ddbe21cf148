//! What processes spend on processors, and the process of the floor.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// In which the kernel counts towards programs, whatever it counts in by itself.
const TICKS_PER_SECOND: f64 = 100.0;

/// What the kernel says of a process.
struct Stat {
    parent: u32,
    /// In ticks, threads that have ended among it.
    own: u32,
    /// Of its children that have ended, in ticks.
    ended: u32,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold anything, brackets and spaces, too.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |at: usize| -> Option<u32> { fields.get(at)?.parse().ok() };
    Some(Stat {
        parent: number(1)?,
        own: number(11)? + number(12)?,
        ended: number(13)? + number(14)?,
    })
}

/// Seconds on a processor so far, all threads together.
pub fn spent(pid: u32) -> f64 {
    f64::from(stat(pid).unwrap().own) / TICKS_PER_SECOND
}

/// As [`spent`], to the nanosecond, of a process with one thread.
fn spent_exactly(pid: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/schedstat")).ok()?;
    let nanos: u64 = text.split(' ').next()?.parse().ok()?;
    Some(std::time::Duration::from_nanos(nanos).as_secs_f64())
}

/// All processes of a PostgreSQL.
pub struct Postgres {
    first: u32,
}

impl Postgres {
    /// By one of its backends, whose parent is the parent of all.
    pub fn of_backend(pid: u32) -> Self {
        let first = stat(pid).unwrap().parent;
        Self { first }
    }

    /// Seconds on a processor so far; of those, too, that have ended: their parent has waited
    /// for them, and the kernel counts them with it.
    pub fn spent(&self) -> f64 {
        let children: f64 = self.children().filter_map(spent_exactly).sum();
        let first = stat(self.first).unwrap();
        children + f64::from(first.own + first.ended) / TICKS_PER_SECOND
    }

    fn children(&self) -> impl Iterator<Item = u32> {
        let first = self.first;
        let all = std::fs::read_dir("/proc").unwrap();
        let pids = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
        pids.filter(move |pid| stat(*pid).is_some_and(|stat| stat.parent == first))
    }
}

/// The floor in a process of its own. It ends with its value.
pub struct Floor {
    process: Child,
    pub url: String,
}

impl Drop for Floor {
    fn drop(&mut self) {
        // One that has ended by itself is no matter.
        let _killed = self.process.kill();
        let _ended = self.process.wait();
    }
}

impl Floor {
    /// Starts this program once more.
    pub fn start(database: &str, workers: usize, connections: usize) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--floor-server", database])
            .args(["--workers", &workers.to_string()])
            .args(["--connections", &connections.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = process.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        assert!(line.starts_with("http://"), "the floor starts");
        Self {
            process,
            url: line.trim().to_owned(),
        }
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }
}
