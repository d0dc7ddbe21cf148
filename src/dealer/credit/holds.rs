//! The surface of holds: mutations. They answer how the customer stands after them.

use async_graphql::{Context, Object};

use super::graphql::{CreditStatus, status_of};
use crate::dealer::customers::input::{CustomerHoldSetInput, CustomerVersionInput};
use crate::dealer::customers::jobs::input::{JobHoldSetInput, JobVersionInput};
use crate::dealer::customers::jobs::model::JobRow;
use crate::dealer::customers::jobs::service as jobs;
use crate::dealer::customers::model::CustomerRow;
use crate::dealer::customers::service as customers;
use crate::error::{AppResult, ServiceResult};
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scope::UnitOfWork;

payload! {
    /// Result of customerHoldSet.
    CustomerHoldSetPayload {
        /// How the customer stands now; null if it was refused.
        credit_status: CreditStatus
    }
}

payload! {
    /// Result of customerHoldRelease.
    CustomerHoldReleasePayload {
        /// How the customer stands now; null if it was refused.
        credit_status: CreditStatus
    }
}

payload! {
    /// Result of jobHoldSet.
    JobHoldSetPayload {
        /// How the customer stands now; null if it was refused.
        credit_status: CreditStatus
    }
}

payload! {
    /// Result of jobHoldRelease.
    JobHoldReleasePayload {
        /// How the customer stands now; null if it was refused.
        credit_status: CreditStatus
    }
}

/// Mutations on holds.
#[derive(Default)]
pub struct HoldMutation;

#[Object]
impl HoldMutation {
    /// Puts a customer on hold: no order is confirmed and nothing leaves.
    #[graphql(guard = P::CreditManage, directive = has_permission::apply(P::CreditManage))]
    async fn customer_hold_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: CustomerHoldSetInput,
    ) -> AppResult<CustomerHoldSetPayload> {
        let unit = ctx.unit()?;
        let result = customers::set_hold(&mut *unit.tx().await?, input).await;
        let result = of_customer(&unit, result).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Lifts a customer's hold.
    #[graphql(guard = P::CreditManage, directive = has_permission::apply(P::CreditManage))]
    async fn customer_hold_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: CustomerVersionInput,
    ) -> AppResult<CustomerHoldReleasePayload> {
        let unit = ctx.unit()?;
        let result = customers::release_hold(&mut *unit.tx().await?, input).await;
        let result = of_customer(&unit, result).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Puts a job on hold: no order is confirmed for it and nothing leaves.
    #[graphql(guard = P::CreditManage, directive = has_permission::apply(P::CreditManage))]
    async fn job_hold_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: JobHoldSetInput,
    ) -> AppResult<JobHoldSetPayload> {
        let unit = ctx.unit()?;
        let result = jobs::set_hold(&mut *unit.tx().await?, input).await;
        let result = of_job(&unit, result).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Lifts a job's hold.
    #[graphql(guard = P::CreditManage, directive = has_permission::apply(P::CreditManage))]
    async fn job_hold_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: JobVersionInput,
    ) -> AppResult<JobHoldReleasePayload> {
        let unit = ctx.unit()?;
        let result = jobs::release_hold(&mut *unit.tx().await?, input).await;
        let result = of_job(&unit, result).await;
        Ok(unit.outcome(result)?.into())
    }
}

async fn of_customer(
    unit: &UnitOfWork,
    changed: ServiceResult<CustomerRow>,
) -> ServiceResult<CreditStatus> {
    status_of(&mut *unit.tx().await?, (changed?.id, None)).await
}

async fn of_job(unit: &UnitOfWork, changed: ServiceResult<JobRow>) -> ServiceResult<CreditStatus> {
    let job = changed?;
    status_of(&mut *unit.tx().await?, (job.customer_id, Some(job.id))).await
}
