//! What a run is told, and what it tells.

use std::time::Duration;

use super::error::MigrateError;
use crate::kernel::ids::DealerId;

/// How a run goes about it.
#[derive(Clone, Debug)]
pub struct Options {
    /// Dealers at work at once; no more than the pool has connections.
    pub jobs: usize,
    /// Longest wait for one lock.
    pub lock_timeout: Duration,
    /// How long a dealer whose tables are in use is tried again.
    pub patience: Duration,
    /// Dealers to migrate before all others; a failure among them ends the run.
    pub canary: usize,
    /// So many failures end the run.
    pub pause_on_errors: Option<usize>,
    /// These dealers and no others; all if empty.
    pub only: Vec<DealerId>,
    /// Tables with more rows get a concurrent index where a migration has one;
    /// none for never.
    pub concurrent_index_above: Option<i64>,
    /// Whether a migration before the newest may be taken back.
    pub further: bool,
    /// Whether rows may go with a migration that is taken back.
    pub lose_rows: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            jobs: 2,
            lock_timeout: Duration::from_millis(50),
            patience: Duration::from_mins(1),
            canary: 0,
            pause_on_errors: None,
            only: Vec::new(),
            concurrent_index_above: Some(100_000),
            further: false,
            lose_rows: false,
        }
    }
}

/// Why a run ended before its last dealer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// One of the first dealers failed.
    Canary,
    /// Too many failed.
    Errors,
}

/// What a run did.
#[derive(Debug, Default)]
pub struct Report {
    /// Dealers looked at.
    pub dealers: usize,
    /// Dealers whose schema this run changed.
    pub changed: usize,
    /// Dealers who were behind, and whom another run has changed meanwhile.
    pub elsewhere: usize,
    /// Dealers not migrated, and why.
    pub failed: Vec<(DealerId, MigrateError)>,
    /// Dealers whose turn did not come.
    pub left: usize,
    /// Attempts that gave way to somebody at work on the same tables.
    pub retries: usize,
    /// Why dealers are left.
    pub stopped: Option<Stopped>,
}

/// What a run tells on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// So many dealers are to be changed.
    Begins(usize),
    /// One is done, well or not.
    Done,
}
