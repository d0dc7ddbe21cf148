//! How jobs fare: counted on this node, and in the database.

use chrono::{DateTime, Utc};

use super::model::JobState;
use super::query;
use super::registry::Registry;
use crate::db::control::ControlConn;
use crate::db::error::DbResult;
use crate::kernel::metric::{Counter, Histogram};

/// Runs of one kind on this node.
#[derive(Debug, Default)]
pub struct KindFigures {
    /// Runs that did their job.
    pub done: Counter,
    /// Runs that failed, to be tried again.
    pub failed: Counter,
    /// Jobs that are dead.
    pub dead: Counter,
    /// Runs given back, because the worker stopped or the dealer was closed.
    pub given_back: Counter,
    /// Runs given up because the lease was lost: somebody else does them.
    pub lost: Counter,
    /// How long runs took.
    pub took: Histogram,
    /// How long jobs had been due when they were taken.
    pub waited: Histogram,
}

/// The jobs in the database that are not done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many are in each state.
    pub states: Vec<(JobState, i64)>,
    /// Of each kind how many may be taken, and since when one might have been.
    queued: Vec<(String, i64, Option<DateTime<Utc>>)>,
}

impl Backlog {
    /// Counts them now, in two statements.
    pub async fn take(conn: &mut ControlConn) -> DbResult<Self> {
        let present = query::count_unfinished(conn).await?;
        let count = |state| {
            let found = present.iter().find(|(one, _)| *one == state);
            (state, found.map_or(0, |(_, count)| *count))
        };
        let states = [
            JobState::Scheduled,
            JobState::Queued,
            JobState::Running,
            JobState::Dead,
        ];
        Ok(Self {
            states: states.map(count).to_vec(),
            queued: query::count_queued(conn).await?,
        })
    }

    /// Since when the job may be taken that has waited longest; of kinds that are known.
    pub fn oldest(&self, known: &Registry) -> Option<DateTime<Utc>> {
        let of_known = self.queued.iter().filter(|(kind, ..)| known.knows(kind));
        of_known.filter_map(|(.., oldest)| *oldest).min()
    }

    /// How many may be taken of kinds that are not known.
    pub fn unknown(&self, known: &Registry) -> i64 {
        let unknown = self.queued.iter().filter(|(kind, ..)| !known.knows(kind));
        unknown.map(|(_, count, _)| count).sum()
    }
}
