//! The surface of transfers: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};

use super::input::TransferWhere;
use super::loader::{LinesByTransfer, TransferById, TransferByNumber};
use super::model::{TransferAction, TransferId, TransferLineRow, TransferRow, TransferState};
use super::query::{self, TransferOrder, TransferSort};
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::AppResult;
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::by_one_key;
use crate::graphql::permit::{Permission as P, has_permission};

/// Goods on their way from one place to another.
#[derive(Clone)]
pub struct Transfer(pub TransferRow);

impl From<TransferRow> for Transfer {
    fn from(row: TransferRow) -> Self {
        Self(row)
    }
}

/// Goods on their way from one place of the dealer's to another.
#[Object(directive = has_permission::apply(P::StockRead))]
impl Transfer {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// 1, 2, 3 …
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Where its goods are, or were.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn from(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.from_id).await
    }

    /// Where they shall be.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn to(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.to_id).await
    }

    /// Where it stands.
    async fn state(&self) -> TransferState {
        self.0.state
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> AppResult<&'static [TransferAction]> {
        let may = ctx
            .unit()?
            .context()
            .permissions()
            .contains(P::TransfersManage);
        Ok(if may { self.0.state.actions() } else { &[] })
    }

    /// Its lines, in their order; at most 200.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn lines(&self, ctx: &Context<'_>) -> AppResult<Vec<TransferLine>> {
        let rows = ctx.unit()?.load_list(LinesByTransfer(self.0.id)).await?;
        Ok(rows.into_iter().map(TransferLine).collect())
    }

    /// On which day at the dealer its goods should arrive; null if that was not said.
    async fn due_on(&self) -> Option<NaiveDate> {
        self.0.due_on
    }

    /// In the words of whoever made it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Counts the changes of this record; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// A line of a transfer.
pub struct TransferLine(TransferLineRow);

/// One product of a transfer.
#[Object(directive = has_permission::apply(P::StockRead))]
impl TransferLine {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product_id).await
    }

    /// How much, in the unit in which it was asked for.
    async fn quantity(&self) -> Quantity {
        let row = &self.0;
        Quantity::in_unit(row.unit_id, row.unit_quantity, row.quantity)
    }

    /// What arrived, in base units; null before it has.
    async fn received(&self) -> Option<Quantity> {
        let received = self.0.received?;
        Some(Quantity::in_base_of(self.0.product_id, received))
    }
}

/// Queries on transfers.
#[derive(Default)]
pub struct TransferQuery;

#[Object]
impl TransferQuery {
    /// One transfer, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::StockRead, directive = has_permission::apply(P::StockRead))]
    async fn transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<TransferId>,
        #[graphql(desc = "Its number.")] number: Option<i64>,
    ) -> AppResult<Option<Transfer>> {
        let keys = (id.map(TransferById), number.map(TransferByNumber));
        let message = "name the transfer by exactly one of id and number";
        Ok(by_one_key(ctx, keys, message).await?.map(Transfer))
    }
}

list_query! {
    /// The list of transfers.
    TransferListQuery: query,
    /// Goods on their way between the dealer's places, and those that were.
    transfers -> Transfer,
    needs: StockRead,
    filter: TransferWhere = "Which transfers.",
    order: TransferOrder as TransferSort = "Sort keys, at most 3; the latest first if absent.",
}
