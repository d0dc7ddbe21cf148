//! The jobs that a worker has, and until when.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::task::JoinHandle;
use tokio::time::Instant;
use uuid::Uuid;

use crate::jobs::settle::Run;

/// A job at a worker.
pub(super) struct Hold {
    pub(super) dealer: Uuid,
    pub(super) kind: &'static str,
    /// From then on it may be somebody else's.
    pub(super) until: Instant,
    /// What runs it; none once it has ended and only has to be written down.
    pub(super) task: Option<JoinHandle<()>>,
}

/// All of them. A job that was lost and taken again is there twice, for a moment.
#[derive(Default)]
pub(super) struct Held(Mutex<HashMap<Run, Hold>>);

impl Held {
    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<Run, Hold>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are at work for each dealer.
    pub(super) fn by_dealer(&self) -> Vec<(Uuid, i32)> {
        let mut counts = BTreeMap::new();
        for hold in self.lock().values().filter(|hold| hold.task.is_some()) {
            *counts.entry(hold.dealer).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }

    /// How many of a kind are at work.
    pub(super) fn of_kind(&self, kind: &str) -> usize {
        let held = self.lock();
        let at_work = |hold: &&Hold| hold.task.is_some() && hold.kind == kind;
        held.values().filter(at_work).count()
    }

    /// All that have a lease.
    pub(super) fn runs(&self) -> Vec<Run> {
        self.lock().keys().copied().collect()
    }

    /// The job has ended, and has to be written down.
    pub(super) fn ended(&self, run: Run) {
        if let Some(hold) = self.lock().get_mut(&run) {
            hold.task = None;
        }
    }

    /// The lease of these goes on until then.
    pub(super) fn extend(&self, runs: &[Run], until: Instant) {
        let mut held = self.lock();
        for run in runs {
            if let Some(hold) = held.get_mut(run) {
                hold.until = until;
            }
        }
    }

    /// It is written down, or somebody else's.
    pub(super) fn remove(&self, run: Run) -> Option<Hold> {
        self.lock().remove(&run)
    }

    /// Whether the lease of any of these goes on.
    pub(super) fn any_until_after(&self, runs: &[Run], now: Instant) -> bool {
        let held = self.lock();
        let goes_on = |run: &Run| held.get(run).is_some_and(|hold| hold.until > now);
        runs.iter().any(goes_on)
    }

    /// Those whose lease has run out.
    pub(super) fn expired(&self, now: Instant) -> Vec<Run> {
        let held = self.lock();
        let expired = held.iter().filter(|(_, hold)| hold.until <= now);
        expired.map(|(run, _)| *run).collect()
    }

    /// Cuts off all that are at work; gives what is left to be waited for.
    pub(super) fn cut_off(&self) -> Vec<(Run, JoinHandle<()>)> {
        let mut held = self.lock();
        let at_work = held.iter_mut().filter_map(|(run, hold)| {
            let task = hold.task.take()?;
            task.abort();
            Some((*run, task))
        });
        at_work.collect()
    }
}
