//! What operators do with jobs that failed.

use async_graphql::{Context, InputObject, Object};

use super::graphql::Job;
use crate::db::error::{DbError, DbResult};
use crate::error::{AppResult, ErrorCode, ServiceResult, UserError};
use crate::graphql::context::{ContextExt, Source};
use crate::graphql::payload::payload;
use crate::jobs::{JobId, JobRow, query};
use crate::kernel::clock::Clock;
use crate::platform::operator::scope::OperatorScope;
use crate::platform::outcome;

/// A job to do again.
#[derive(InputObject)]
pub struct JobRetryInput {
    /// Which job.
    pub id: JobId,
}

/// A job to throw away.
#[derive(InputObject)]
pub struct JobDropInput {
    /// Which job.
    pub id: JobId,
}

payload! {
    /// Result of jobRetry.
    JobRetryPayload { /// The job, which is queued; null if it was refused.
        job: Job }
}
payload! {
    /// Result of jobDrop.
    JobDropPayload { /// The job as it was; null if it was refused.
        job: Job }
}

/// Changes jobs.
#[derive(Default)]
pub struct JobMutation;

#[Object]
impl JobMutation {
    /// Queues a dead job as if it had never been tried, or one that waits for its time
    /// at once. A dead one with an heir is refused: what it had begun has been ended.
    async fn job_retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: JobRetryInput,
    ) -> AppResult<JobRetryPayload> {
        let scope = OperatorScope::of(ctx)?;
        let now = ctx.service::<Clock>()?.now();
        let retried = query::retry(&mut *scope.tx().await?, input.id, now).await;
        let result = changed(&scope, input.id, retried).await;
        log(&scope, "queued again", &result);
        outcome(result)
    }

    /// Throws a job away that is dead or has not begun.
    async fn job_drop(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: JobDropInput,
    ) -> AppResult<JobDropPayload> {
        let scope = OperatorScope::of(ctx)?;
        let deleted = query::delete(&mut *scope.tx().await?, input.id).await;
        let result = changed(&scope, input.id, deleted).await;
        log(&scope, "thrown away", &result);
        outcome(result)
    }
}

fn log(scope: &OperatorScope, what: &'static str, result: &ServiceResult<JobRow>) {
    if let Ok(row) = result {
        let (job, kind, operator) = (row.id, &row.kind, scope.actor());
        tracing::info!(%job, kind, operator, what, "an operator has changed a job");
    }
}

/// The job as it was changed, or why it was not.
async fn changed(
    scope: &OperatorScope,
    id: JobId,
    changed: DbResult<Option<JobRow>>,
) -> ServiceResult<JobRow> {
    let refuse = |code, message: &str| UserError::at(code, &["input", "id"], message);
    let refusal = match changed {
        Ok(Some(row)) => return Ok(row),
        Ok(None) => match query::find(&mut *scope.tx().await?, id).await? {
            None => refuse(ErrorCode::NotFound, "there is no such job"),
            Some(row) if row.heir_id.is_some() => {
                let message = "it is DEAD, and what it had begun was ended with it: have it \
                               ordered anew";
                refuse(ErrorCode::NotAllowed, message)
            }
            Some(row) => {
                let message = format!("it is {}, so this can not be done", row.state.as_str());
                refuse(ErrorCode::NotAllowed, &message)
            }
        },
        Err(DbError::Unique { .. }) => {
            let message = "another one of its key has been ordered since and is not finished";
            refuse(ErrorCode::AlreadyExists, message)
        }
        Err(error) => return Err(error.into()),
    };
    Err(refusal.into())
}
