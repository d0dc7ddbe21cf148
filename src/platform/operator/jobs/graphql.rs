//! Jobs as operators see them.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::error::{AppError, AppResult};
use crate::graphql::connection::{list_cost, page_cost};
use crate::graphql::context::Source;
use crate::jobs::figures::Backlog;
use crate::jobs::query::{self, Wanted};
use crate::jobs::{JobId, JobRow, JobState};
use crate::kernel::ids::DealerId;
use crate::platform::operator::graphql::OperatorDealer;
use crate::platform::operator::loader::DealerById;
use crate::platform::operator::scope::OperatorScope;

/// Most jobs of one answer.
const MAX_JOBS: i32 = 200;

/// A job of the queue.
pub struct Job(JobRow);

impl From<JobRow> for Job {
    fn from(row: JobRow) -> Self {
        Self(row)
    }
}

/// Work that is done later, at least once, by a worker. Kept for a day after it is
/// done, and for 30 days after it has failed for good.
#[Object]
impl Job {
    /// Opaque id, the same for all tries.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What kind it is, such as `platform.jobs.prune`.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// Where it stands.
    async fn state(&self) -> JobState {
        self.0.state
    }

    /// Opaque id of the dealer whose work it is; null for the platform's own.
    async fn dealer_id(&self) -> Option<ID> {
        self.0.dealer_id.map(ID::from)
    }

    /// The dealer whose work it is; null for the platform's own.
    async fn dealer(&self, ctx: &Context<'_>) -> AppResult<Option<OperatorDealer>> {
        let Some(dealer) = self.0.dealer_id else {
            return Ok(None);
        };
        let entry = OperatorScope::of(ctx)?.load(DealerById(dealer)).await?;
        Ok(entry.map(OperatorDealer))
    }

    /// What it was told, as JSON.
    async fn payload(&self) -> String {
        self.0.payload.to_string()
    }

    /// 0 before all others of the dealer, 9 behind them.
    async fn priority(&self) -> i32 {
        self.0.priority.into()
    }

    /// While it is not finished, no other of its kind and dealer has this key; null if
    /// there may be any number.
    async fn unique_key(&self) -> Option<&str> {
        self.0.unique_key.as_deref()
    }

    /// When it may be taken, or could have been.
    async fn run_at(&self) -> DateTime<Utc> {
        self.0.run_at
    }

    /// How often it was tried.
    async fn attempts(&self) -> i32 {
        self.0.attempts
    }

    /// How often it is tried before it is dead.
    async fn max_attempts(&self) -> i32 {
        self.0.max_attempts
    }

    /// The worker that has it, or had it last.
    async fn worker(&self) -> Option<&str> {
        self.0.worker.as_deref()
    }

    /// Why the last try failed; null if none has.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_deref()
    }

    /// When it was ordered.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last begun.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.0.started_at
    }

    /// The job that was ordered when this one died, to end what it had begun; null if it
    /// is not dead, or nothing had to be ended. It is not tried again then.
    async fn heir_id(&self) -> Option<ID> {
        self.0.heir_id.map(ID::from)
    }

    /// When it was done, or dead.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }
}

/// Which jobs to list. All conditions must hold.
#[derive(InputObject, Default)]
pub struct JobWhere {
    /// In this state.
    state: Option<JobState>,
    /// Of this kind.
    kind: Option<String>,
    /// Of this dealer.
    dealer_id: Option<DealerId>,
    /// Ordered before this one: the last of a page leads to the next.
    before: Option<JobId>,
}

/// How many jobs are in a state.
#[derive(SimpleObject)]
pub struct JobCount {
    /// The state.
    state: JobState,
    /// How many jobs.
    count: i64,
}

/// Looks at jobs.
#[derive(Default)]
pub struct JobQuery;

#[Object]
impl JobQuery {
    /// The job with this id; null if there is none, or none any more.
    async fn job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: JobId,
    ) -> AppResult<Option<Job>> {
        let scope = OperatorScope::of(ctx)?;
        let row = query::find(&mut *scope.tx().await?, id).await?;
        Ok(row.map(Job))
    }

    /// Jobs, the latest first.
    #[graphql(complexity = "page_cost(first, None, child_complexity)")]
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many at most, 1 to 200; 50 if left out.")] first: Option<i32>,
        #[graphql(name = "where", desc = "Which jobs; all if left out.")] filter: Option<JobWhere>,
    ) -> AppResult<Vec<Job>> {
        let first = first.unwrap_or(50);
        if !(1..=MAX_JOBS).contains(&first) {
            let message = format!("must be between 1 and {MAX_JOBS}");
            return Err(AppError::bad_input("first", message));
        }
        let filter = filter.unwrap_or_default();
        let wanted = Wanted {
            state: filter.state,
            kind: filter.kind,
            dealer: filter.dealer_id,
            before: filter.before,
        };
        let scope = OperatorScope::of(ctx)?;
        let rows = query::list(&mut *scope.tx().await?, &wanted, first.into()).await?;
        scope.spend(rows.len())?;
        Ok(rows.into_iter().map(Job).collect())
    }

    /// How many jobs are in each state, those that are done left out.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn job_counts(&self, ctx: &Context<'_>) -> AppResult<Vec<JobCount>> {
        let scope = OperatorScope::of(ctx)?;
        let backlog = Backlog::take(&mut *scope.tx().await?).await?;
        let counts = backlog.states.into_iter();
        Ok(counts
            .map(|(state, count)| JobCount { state, count })
            .collect())
    }
}
