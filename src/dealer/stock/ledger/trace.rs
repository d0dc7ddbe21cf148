//! The surface of movements of a lot: from where it came, and who got it.

use async_graphql::{Context, Object};

use super::graphql::StockMovement;
use super::input::StockMovementWhere;
use super::query::{self, StockMovementOrder, StockMovementSort};
use crate::dealer::stock::lots::model::LotId;
use crate::error::AppResult;
use crate::graphql::connection::{Connection, PageArgs, list, page_cost};
use crate::graphql::permit::{Permission as P, has_permission};

/// Queries on the movements of a lot.
#[derive(Default)]
pub struct LotTraceQuery;

#[Object]
impl LotTraceQuery {
    /// All movements of which some is of a lot, with the documents they are for: where it came
    /// from, and where it went. How much of each is told by its `lots`.
    #[graphql(
        guard = P::StockRead,
        directive = has_permission::apply(P::StockRead),
        complexity = "page_cost(first, last, child_complexity)"
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "the Relay specification wants them flat"
    )]
    async fn lot_trace(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lot.")] lot_id: LotId,
        #[graphql(
            desc = "Page size from the start, 1 to 200; 50 if neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Page size from the end, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(desc = "Sort keys, at most 3; the latest first if absent.")] order_by: Option<
            Vec<StockMovementOrder>,
        >,
    ) -> AppResult<Connection<StockMovement>> {
        let filter = Some(StockMovementWhere {
            lot_id: Some(lot_id),
            ..StockMovementWhere::default()
        });
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        list!(ctx, query, order: StockMovementSort = order_by, filter: filter, page: page)
    }
}
