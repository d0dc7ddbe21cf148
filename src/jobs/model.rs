//! Jobs as stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::control_tables::jobs;
use crate::db::text_enum::text_enum;
use crate::kernel::ids::{DealerId, typed_id};

typed_id!(
    /// One job of the queue. A customer's job, his building site, is something else.
    JobId, "qjb"
);

text_enum! {
    /// Where a job stands.
    pub enum JobState {
        /// Its time has not come, or it waits for its next try.
        Scheduled = "SCHEDULED",
        /// It may be taken.
        Queued = "QUEUED",
        /// A worker has it.
        Running = "RUNNING",
        /// It is done.
        Done = "DONE",
        /// It has failed for good, and is kept to be looked at.
        Dead = "DEAD",
    }
}

/// A job as stored.
#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = jobs, check_for_backend(diesel::pg::Pg))]
pub struct JobRow {
    /// Its id, the same for all tries.
    pub id: JobId,
    /// Whose it is; the platform's own if there is none.
    pub dealer_id: Option<DealerId>,
    /// What kind it is.
    pub kind: String,
    /// What it was told.
    pub payload: serde_json::Value,
    /// 0 before all others of the dealer.
    pub priority: i16,
    /// What there is only one of.
    pub unique_key: Option<String>,
    /// Where it stands.
    pub state: JobState,
    /// When it may be taken, or might have been.
    pub run_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: i32,
    /// How often it may be.
    pub max_attempts: i32,
    /// Who has it, or had it last.
    pub worker: Option<String>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was ordered.
    pub created_at: DateTime<Utc>,
    /// When it was last taken.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was done, or dead.
    pub finished_at: Option<DateTime<Utc>>,
    /// What was ordered with its death, to end what it has begun.
    pub heir_id: Option<JobId>,
}
