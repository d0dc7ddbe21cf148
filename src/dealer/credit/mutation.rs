//! The surface of credit: mutations.

use async_graphql::{Context, Object};

use super::graphql::{CreditOverride, CreditSettings, CreditStatus, status_of};
use super::input::{CreditLimitSetInput, CreditOverrideGrantInput, CreditSettingsSetInput};
use super::{limits, overrides, service};
use crate::error::{AppResult, ServiceResult};
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::tenancy::TenantTx;

payload! {
    /// Result of creditLimitSet.
    CreditLimitSetPayload {
        /// How far the customer is trusted now; null if the limit was refused.
        credit_status: CreditStatus
    }
}

payload! {
    /// Result of creditOverrideGrant.
    CreditOverrideGrantPayload {
        /// The override; null if it was refused.
        credit_override: CreditOverride
    }
}

payload! {
    /// Result of creditSettingsSet.
    CreditSettingsSetPayload {
        /// The settings as they are now; null if they were refused.
        settings: CreditSettings
    }
}

/// Mutations on credit.
#[derive(Default)]
pub struct CreditMutation;

#[Object]
impl CreditMutation {
    /// Sets how much a customer may owe, or may owe for a job, and where that is looked at.
    #[graphql(guard = P::CreditManage, directive = has_permission::apply(P::CreditManage))]
    async fn credit_limit_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose limit, and how much.")] input: CreditLimitSetInput,
    ) -> AppResult<CreditLimitSetPayload> {
        let unit = ctx.unit()?;
        let result = set_limit(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Lets one sale through beyond a limit, or in spite of overdue debts; a hold it does
    /// not lift. The check that needs it uses it up.
    #[graphql(guard = P::CreditOverride.and(OnceOnly), directive = has_permission::apply(P::CreditOverride))]
    async fn credit_override_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For whom, and how much.")] input: CreditOverrideGrantInput,
    ) -> AppResult<CreditOverrideGrantPayload> {
        let unit = ctx.unit()?;
        let result = overrides::grant(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Sets what holds for the credit of all customers.
    #[graphql(guard = P::CreditManage, directive = has_permission::apply(P::CreditManage))]
    async fn credit_settings_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The settings.")] input: CreditSettingsSetInput,
    ) -> AppResult<CreditSettingsSetPayload> {
        let unit = ctx.unit()?;
        let result = service::set_settings(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}

async fn set_limit(tx: &mut TenantTx, input: CreditLimitSetInput) -> ServiceResult<CreditStatus> {
    let buyer = limits::set(tx, input).await?;
    status_of(tx, (buyer.customer, buyer.job)).await
}
