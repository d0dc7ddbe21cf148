//! What operators do to dealers: one mutation per action of the lifecycle.

use async_graphql::{Context, InputObject, Object};

use super::graphql::OperatorDealer;
use super::scope::OperatorScope;
use crate::error::{AppResult, Refusal, UserError};
use crate::graphql::context::{ContextExt, Source};
use crate::graphql::payload::payload;
use crate::graphql::refused::sorted;
use crate::kernel::ids::DealerId;
use crate::platform::dealers::lifecycle::{
    DealerRecord, GRACE_DAYS, Lifecycle, LifecycleError, Order,
};
use crate::platform::dealers::plans::KnownPlans;
use crate::tenancy::directory::DealerStatus;

/// A dealer to suspend, resume or archive.
#[derive(InputObject)]
pub struct DealerStepInput {
    /// Which dealer.
    pub dealer_id: DealerId,
    /// The status that was read; another one by now is refused with CONFLICT, so
    /// that a repeated request does nothing twice.
    pub expected_status: DealerStatus,
    /// Why; at most 500 characters. Kept with the action.
    pub reason: Option<String>,
}

/// A dealer to drop.
#[derive(InputObject)]
pub struct DealerDropInput {
    /// Which dealer.
    pub dealer_id: DealerId,
    /// The status that was read; another one by now is refused with CONFLICT.
    pub expected_status: DealerStatus,
    /// Why; at most 500 characters. Kept with the action.
    pub reason: Option<String>,
    /// The dealer's name, letter by letter.
    pub confirm: String,
    /// Days until his rows go, 0 to 3650; 30 if left out. With 0 the next sweep
    /// takes them.
    pub grace_days: Option<u32>,
}

/// A dealer to rename.
#[derive(InputObject)]
pub struct DealerRenameInput {
    /// Which dealer.
    pub dealer_id: DealerId,
    /// The new name of the company.
    pub name: String,
    /// Why; at most 500 characters. Kept with the action.
    pub reason: Option<String>,
}

/// A dealer to give another plan.
#[derive(InputObject)]
pub struct DealerPlanSetInput {
    /// Which dealer.
    pub dealer_id: DealerId,
    /// Name of the plan: `standard`, or one that this server's settings name.
    pub plan: String,
    /// Why; at most 500 characters. Kept with the action.
    pub reason: Option<String>,
}

payload! {
    /// Result of dealerSuspend.
    DealerSuspendPayload { /// The dealer; null if it was refused.
        dealer: OperatorDealer }
}
payload! {
    /// Result of dealerResume.
    DealerResumePayload { /// The dealer; null if it was refused.
        dealer: OperatorDealer }
}
payload! {
    /// Result of dealerArchive.
    DealerArchivePayload { /// The dealer; null if it was refused.
        dealer: OperatorDealer }
}
payload! {
    /// Result of dealerDrop.
    DealerDropPayload { /// The dealer; null if it was refused.
        dealer: OperatorDealer }
}
payload! {
    /// Result of dealerRename.
    DealerRenamePayload { /// The dealer; null if it was refused.
        dealer: OperatorDealer }
}
payload! {
    /// Result of dealerPlanSet.
    DealerPlanSetPayload { /// The dealer; null if it was refused.
        dealer: OperatorDealer }
}

/// Changes dealers' lives.
#[derive(Default)]
pub struct LifeMutation;

#[Object]
impl LifeMutation {
    /// Lets a dealer's people read and change nothing, within a second on all
    /// nodes. His sockets close.
    async fn dealer_suspend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and why.")] input: DealerStepInput,
    ) -> AppResult<DealerSuspendPayload> {
        let order = input.order(ctx)?;
        outcome(ctx, life(ctx)?.suspend(&order).await)
    }

    /// One step back: a suspended or archived dealer is open again, one who is
    /// about to be dropped is archived again.
    async fn dealer_resume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and why.")] input: DealerStepInput,
    ) -> AppResult<DealerResumePayload> {
        let order = input.order(ctx)?;
        outcome(ctx, life(ctx)?.resume(&order).await)
    }

    /// Closes a dealer and keeps his rows.
    async fn dealer_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and why.")] input: DealerStepInput,
    ) -> AppResult<DealerArchivePayload> {
        let order = input.order(ctx)?;
        outcome(ctx, life(ctx)?.archive(&order).await)
    }

    /// Lets an archived dealer's rows go when his days of grace are over.
    async fn dealer_drop(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, why, and when.")] input: DealerDropInput,
    ) -> AppResult<DealerDropPayload> {
        let order = order(
            ctx,
            (input.dealer_id, input.reason),
            Some(input.expected_status),
        )?;
        let days = input.grace_days.unwrap_or(GRACE_DAYS);
        let dropped = life(ctx)?.drop(&order, &input.confirm, days).await;
        outcome(ctx, dropped)
    }

    /// Gives a dealer's company another name.
    async fn dealer_rename(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and how he is called from now on.")] input: DealerRenameInput,
    ) -> AppResult<DealerRenamePayload> {
        let order = order(ctx, (input.dealer_id, input.reason), None)?;
        outcome(ctx, life(ctx)?.rename(&order, &input.name).await)
    }

    /// Gives a dealer another plan: from then on, within a second on all nodes, his
    /// callers together may ask for as much as it says. What they have asked for in
    /// the last half minute stays counted.
    async fn dealer_plan_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and which plan.")] input: DealerPlanSetInput,
    ) -> AppResult<DealerPlanSetPayload> {
        let order = order(ctx, (input.dealer_id, input.reason), None)?;
        let known = ctx.service::<KnownPlans>()?;
        let set = life(ctx)?.set_plan(&order, &input.plan, known).await;
        outcome(ctx, set)
    }
}

impl DealerStepInput {
    fn order(self, ctx: &Context<'_>) -> AppResult<Order> {
        order(
            ctx,
            (self.dealer_id, self.reason),
            Some(self.expected_status),
        )
    }
}

fn order(
    ctx: &Context<'_>,
    (dealer, reason): (DealerId, Option<String>),
    expected: Option<DealerStatus>,
) -> AppResult<Order> {
    let scope = OperatorScope::of(ctx)?;
    Ok(Order {
        dealer,
        actor: scope.actor(),
        reason,
        expected,
    })
}

fn life<'c>(ctx: &'c Context<'_>) -> AppResult<&'c Lifecycle> {
    ctx.service()
}

/// The payload: the dealer as he is after the action, or why it was refused.
fn outcome<P>(ctx: &Context<'_>, result: Result<DealerRecord, LifecycleError>) -> AppResult<P>
where
    P: From<Result<OperatorDealer, Vec<UserError>>>,
{
    let scope = OperatorScope::of(ctx)?;
    let sorted = sorted(result.map_err(Refusal::from))?;
    if sorted.is_ok() {
        scope.forget();
    }
    Ok(P::from(sorted.map(OperatorDealer)))
}
