//! The surface of stock: live updates.
//!
//! In a file of its own because diesel's query traits in scope would clash with
//! the code that the subscription macro makes.

use std::collections::BTreeSet;

use async_graphql::{Context, ID, Object, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;

use super::graphql::StockLevel;
use super::ledger::events::MovementFacts;
use super::loader::StockLevelsByProduct;
use super::reorder::events::{StockLevelRanLow, StockLevelReserved};
use super::warehouses::model::WarehouseId;
use crate::dealer::catalog::products::model::ProductId;
use crate::error::{AppError, AppResult};
use crate::events::{Event, Fact};
use crate::graphql::context::ContextExt;
use crate::graphql::filter::MAX_VALUES;
use crate::graphql::live::{follow, heard};
use crate::graphql::permit::{Permission as P, has_permission};
use crate::tenancy::live::Delivery;

/// A committed change of a level.
pub struct StockLevelChange(Delivery);

/// A committed change of what lies in a warehouse, or of what of it is promised or put aside.
#[Object(directive = has_permission::apply(P::StockRead))]
impl StockLevelChange {
    /// Id of the event: pass the last one as afterEventId to go on behind it. Ids of
    /// later events are greater.
    async fn event_id(&self) -> ID {
        self.0.event().id.to_string().into()
    }

    /// What has happened, for instance movement.posted.
    async fn event(&self) -> &str {
        &self.0.event().name
    }

    /// When the change was made.
    async fn at(&self) -> DateTime<Utc> {
        self.0.event().at
    }

    /// The level as it is now.
    async fn level(&self, ctx: &Context<'_>) -> AppResult<Option<StockLevel>> {
        level_of(ctx, self.0.event()).await
    }
}

/// A level that fell below its reorder point.
pub struct LowStock(Delivery);

/// A level that fell below its reorder point.
#[Object(directive = has_permission::apply(P::StockRead))]
impl LowStock {
    /// Id of the event: pass the last one as afterEventId to go on behind it. Ids of
    /// later events are greater.
    async fn event_id(&self) -> ID {
        self.0.event().id.to_string().into()
    }

    /// When it fell.
    async fn at(&self) -> DateTime<Utc> {
        self.0.event().at
    }

    /// The level as it is now.
    async fn level(&self, ctx: &Context<'_>) -> AppResult<Option<StockLevel>> {
        level_of(ctx, self.0.event()).await
    }
}

/// The level that an event is about, as it is now.
async fn level_of(ctx: &Context<'_>, event: &Event) -> AppResult<Option<StockLevel>> {
    let Some((product, warehouse)) = place(event) else {
        return Ok(None);
    };
    let levels = ctx.unit()?.load_list(StockLevelsByProduct(product)).await?;
    let level = levels.into_iter().find(|row| row.warehouse_id == warehouse);
    Ok(level.map(StockLevel::from))
}

/// The place that an event is about.
fn place(event: &Event) -> Option<(ProductId, WarehouseId)> {
    let text = |field: &str| event.payload.get(field)?.as_str();
    let product = text("product").or_else(|| text("stockLevel"))?;
    product.parse().ok().zip(text("warehouse")?.parse().ok())
}

/// Which places are listened to.
struct Places {
    products: Option<BTreeSet<ProductId>>,
    warehouse: Option<WarehouseId>,
}

impl Places {
    fn new(products: Option<Vec<ProductId>>, warehouse: Option<WarehouseId>) -> AppResult<Self> {
        if products.as_ref().is_some_and(|ids| ids.len() > MAX_VALUES) {
            let message = "may list at most 200 values";
            return Err(AppError::bad_input("productIds", message));
        }
        let products = products.map(|ids| ids.into_iter().collect());
        Ok(Self {
            products,
            warehouse,
        })
    }

    fn have(&self, event: &Event) -> bool {
        if self.products.is_none() && self.warehouse.is_none() {
            return true;
        }
        place(event).is_some_and(|(product, warehouse)| {
            let is_of = |ids: &BTreeSet<ProductId>| ids.contains(&product);
            self.products.as_ref().is_none_or(is_of)
                && self.warehouse.is_none_or(|at| at == warehouse)
        })
    }
}

/// Live updates of stock.
#[derive(Default)]
pub struct StockSubscription;

#[Subscription]
impl StockSubscription {
    /// What lies where, whenever goods come or go, are promised to an order or put aside, or are
    /// free again: each change once, in the order of the commits.
    #[graphql(guard = P::StockRead, directive = has_permission::apply(P::StockRead))]
    async fn stock_level_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of these products, at most 200; of all if absent.")]
        product_ids: Option<Vec<ProductId>>,
        #[graphql(desc = "Only in this warehouse.")] warehouse_id: Option<WarehouseId>,
        #[graphql(
            desc = "Begin behind this event, to miss nothing between two connections; from now on \
                    if absent. EVENTS_PRUNED if what comes behind it is not kept any more."
        )]
        after_event_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<StockLevelChange, AppError>>, AppError> {
        let places = Places::new(product_ids, warehouse_id)?;
        let follower = follow(ctx, after_event_id).await?;
        Ok(heard(follower, StockLevelChange, move |event| {
            let is_change = event.entity == MovementFacts::ENTITY
                || event.name == StockLevelReserved::KIND.name;
            is_change && places.have(event)
        }))
    }

    /// Levels of which less is available than their reorder point: told when one falls below
    /// it, and again only after it was enough for a while.
    #[graphql(guard = P::StockRead, directive = has_permission::apply(P::StockRead))]
    async fn low_stock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of these products, at most 200; of all if absent.")]
        product_ids: Option<Vec<ProductId>>,
        #[graphql(desc = "Only in this warehouse.")] warehouse_id: Option<WarehouseId>,
        #[graphql(
            desc = "Begin behind this event, to miss nothing between two connections; from now on \
                    if absent. EVENTS_PRUNED if what comes behind it is not kept any more."
        )]
        after_event_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<LowStock, AppError>>, AppError> {
        let places = Places::new(product_ids, warehouse_id)?;
        let follower = follow(ctx, after_event_id).await?;
        Ok(heard(follower, LowStock, move |event| {
            event.name == StockLevelRanLow::KIND.name && places.have(event)
        }))
    }
}
