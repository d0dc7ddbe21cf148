//! The surface of jobs: mutations.

use async_graphql::{Context, Object};

use super::graphql::Job;
use super::input::{JobCreateInput, JobUpdateInput, JobVersionInput};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of jobCreate.
    JobCreatePayload {
        /// The job as it is now; null if it was refused.
        job: Job
    }
}

payload! {
    /// Result of jobUpdate.
    JobUpdatePayload {
        /// The job as it is now; null if it was refused.
        job: Job
    }
}

payload! {
    /// Result of jobDeactivate.
    JobDeactivatePayload {
        /// The job as it is now; null if it was refused.
        job: Job
    }
}

payload! {
    /// Result of jobDisable.
    JobDisablePayload {
        /// The job as it is now; null if it was refused.
        job: Job
    }
}

payload! {
    /// Result of jobClose.
    JobClosePayload {
        /// The job as it is now; null if it was refused.
        job: Job
    }
}

payload! {
    /// Result of jobReopen.
    JobReopenPayload {
        /// The job as it is now; null if it was refused.
        job: Job
    }
}

/// Mutations on jobs.
#[derive(Default)]
pub struct JobMutation;

#[Object]
impl JobMutation {
    /// Adds a job to a customer.
    #[graphql(guard = P::JobsManage, directive = has_permission::apply(P::JobsManage))]
    async fn job_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The job.")] input: JobCreateInput,
    ) -> AppResult<JobCreatePayload> {
        let unit = ctx.unit()?;
        let result = service::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes what is known of a job.
    #[graphql(guard = P::JobsManage, directive = has_permission::apply(P::JobsManage))]
    async fn job_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: JobUpdateInput,
    ) -> AppResult<JobUpdatePayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Lays a job to rest; it can be taken up again.
    #[graphql(guard = P::JobsManage, directive = has_permission::apply(P::JobsManage))]
    async fn job_deactivate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: JobVersionInput,
    ) -> AppResult<JobDeactivatePayload> {
        let unit = ctx.unit()?;
        let result = service::deactivate(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Takes a job out of use that may have open documents.
    #[graphql(guard = P::JobsManage, directive = has_permission::apply(P::JobsManage))]
    async fn job_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: JobVersionInput,
    ) -> AppResult<JobDisablePayload> {
        let unit = ctx.unit()?;
        let result = service::disable(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Finishes a job. Refused while an entry, an order or a delivery is open.
    #[graphql(guard = P::JobsManage, directive = has_permission::apply(P::JobsManage))]
    async fn job_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: JobVersionInput,
    ) -> AppResult<JobClosePayload> {
        let unit = ctx.unit()?;
        let result = service::close(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Takes a job up again that rests, is disabled or closed.
    #[graphql(guard = P::JobsManage, directive = has_permission::apply(P::JobsManage))]
    async fn job_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: JobVersionInput,
    ) -> AppResult<JobReopenPayload> {
        let unit = ctx.unit()?;
        let result = service::reopen(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
