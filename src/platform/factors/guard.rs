//! What sensitive mutations ask first.

use async_graphql::Context;

use super::account::Factors;
use crate::db::control::ControlConn;
use crate::error::ServiceResult;
use crate::graphql::context::ContextExt;
use crate::platform::sessions::model::SessionRow;
use crate::tenancy::TenantContext;

/// The caller's session, if he has proven within the last ten minutes that it is
/// him, with his second factor if he has one; else `STEP_UP_REQUIRED`. What an
/// application, an API key or an operator sends is refused.
pub async fn step_up(ctx: &Context<'_>) -> ServiceResult<SessionRow> {
    let factors = ctx.service::<Factors>()?;
    let mut conn = factors.control().checkout().await?;
    factors.fresh(&mut conn, ctx.principal()?).await
}

/// As [`step_up`], for a mutation that asks for the password itself: only who has a
/// second factor must have proven by it before.
pub async fn step_up_beside_password(ctx: &Context<'_>) -> ServiceResult<SessionRow> {
    let factors = ctx.service::<Factors>()?;
    let mut conn = factors.control().checkout().await?;
    let principal = ctx.principal()?;
    factors.fresh_beside_password(&mut conn, principal).await
}

impl Factors {
    /// As [`step_up`], where it is known only within a transaction that a proof is
    /// needed. The system itself has nothing to prove.
    pub(in crate::platform) async fn proven(
        &self,
        conn: &mut ControlConn,
        caller: &TenantContext,
    ) -> ServiceResult<()> {
        if let Some(principal) = caller.principal() {
            self.fresh(conn, principal).await?;
        }
        Ok(())
    }
}
