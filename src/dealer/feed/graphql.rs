//! The surface of events as a whole.

use async_graphql::{Context, ID, Object};

use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{AnyCaller, for_any_caller};

/// Lookups of events.
#[derive(Default)]
pub struct FeedQuery;

#[Object]
impl FeedQuery {
    /// The id of the newest event behind what the other fields of this query show.
    /// Who subscribes with it as afterEventId hears of everything that comes later.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn last_event_id(&self, ctx: &Context<'_>) -> AppResult<ID> {
        let unit = ctx.unit()?;
        let last = unit.tx().await?.last_event().await?;
        Ok(last.to_string().into())
    }
}
