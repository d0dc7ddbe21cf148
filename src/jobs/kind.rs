//! What a kind of job is, and how a run of it may end.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::context::JobContext;
use crate::db::error::DbError;
use crate::error::{AppError, ErrorCode};

/// How long a job waits whose dealer may only be read, or not even that. While he is
/// suspended it is not taken at all; this bridges the moment until that is known.
const WHILE_CLOSED: Duration = Duration::from_secs(5);
/// How long a job waits for its dealer's schema to be migrated.
const WHILE_UPGRADING: Duration = Duration::from_secs(30);

/// A kind of job: its name, what it is told, and what it does.
pub trait JobKind: Send + Sync + 'static {
    /// Its name, as in `catalogue.import`. What begins with `platform.` is of no
    /// dealer; all others are of one, and no dealer's role orders what begins with
    /// `system.`. Never given to another kind.
    const NAME: &'static str;

    /// How often, how long, how many at once.
    const LIMITS: Limits = Limits::DEFAULT;

    /// What a job is told; at most 64 KiB as JSON.
    type Payload: Serialize + DeserializeOwned + Send + 'static;

    /// Does the job. It may be done again after any outcome, also after success, if
    /// the worker dies before it could say so.
    fn run(
        &self,
        job: JobContext,
        payload: Self::Payload,
    ) -> impl Future<Output = JobResult> + Send;
}

/// Limits of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How often a job is tried before it is dead; 1 to 100.
    pub attempts: u8,
    /// How long a run may take; it is cut off then, and counts as failed.
    pub time: Duration,
    /// What is done first, of the jobs of a dealer: 0 to 9, 0 before all others.
    pub priority: u8,
    /// Most that run at once on one node.
    pub at_once: usize,
}

impl Limits {
    /// 25 tries, which take some three weeks; ten minutes each.
    pub const DEFAULT: Self = Self {
        attempts: 25,
        time: Duration::from_mins(10),
        priority: 5,
        at_once: usize::MAX,
    };

    /// Those of a job that comes again by itself: three tries, one at a time.
    pub const UPKEEP: Self = Self {
        attempts: 3,
        at_once: 1,
        ..Self::DEFAULT
    };
}

/// Why a job is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobError {
    /// It failed, and is tried again, later each time.
    Failed(String),
    /// It failed, and is tried again after so long, as another server has asked for.
    Later(Duration, String),
    /// It can not be done, however often it is tried.
    Never(String),
    /// Its dealer is closed to changes at the moment; this was no try.
    NotNow(Duration),
}

/// What a run of a job gives.
pub type JobResult = Result<(), JobError>;

impl JobError {
    /// A failure; the cause is for operators.
    pub fn failed(cause: impl std::fmt::Display) -> Self {
        Self::Failed(cause.to_string())
    }
}

impl From<AppError> for JobError {
    fn from(error: AppError) -> Self {
        match error.code() {
            ErrorCode::DealerSuspended | ErrorCode::DealerNotActive => Self::NotNow(WHILE_CLOSED),
            ErrorCode::DealerUpgrading => Self::NotNow(WHILE_UPGRADING),
            _ => Self::Failed(format!("{error:?}")),
        }
    }
}

impl From<DbError> for JobError {
    fn from(error: DbError) -> Self {
        AppError::from(error).into()
    }
}
