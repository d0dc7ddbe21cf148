//! What sensitive mutations ask first.

use async_graphql::Context;

use super::account::Factors;
use crate::error::ServiceResult;
use crate::graphql::context::ContextExt;
use crate::platform::sessions::model::SessionRow;

/// The caller's session, if he has proven within the last ten minutes that it is
/// him, with his second factor if he has one; else `STEP_UP_REQUIRED`. What an
/// application, an API key or an operator sends is refused.
pub async fn step_up(ctx: &Context<'_>) -> ServiceResult<SessionRow> {
    let factors = ctx.service::<Factors>()?;
    let mut conn = factors.control().checkout().await?;
    factors.fresh(&mut conn, ctx.principal()?).await
}
