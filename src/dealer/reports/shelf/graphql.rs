//! The surface of goods that lie.

use std::sync::Arc;

use async_graphql::{Context, Object};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::query::{self, DeadRow, Pace, SlowRow};
use crate::db::keyset::{Cursor, PageRequest, foreign_cursor};
use crate::dealer::calendar;
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{Connection, PageArgs, TotalCount, connect_placed, page_cost};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;
use crate::graphql::scope::UnitOfWork;

/// Most days that are looked at: ten years.
const MOST_DAYS: i32 = 3_660;

/// A product of which more lies than sells.
pub struct SlowStock {
    row: SlowRow,
    days: i32,
}

/// A product of which more is on hand than sells in a long time.
#[Object(directive = has_permission::apply(P::ReportsRead))]
impl SlowStock {
    /// The product.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.row.product_id).await
    }

    /// What lies in all warehouses.
    async fn on_hand(&self) -> Quantity {
        Quantity::in_base_of(self.row.product_id, self.row.on_hand)
    }

    /// What that has cost.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn value(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.row.value)
    }

    /// What was sold on the days that are looked at.
    async fn sold(&self) -> Quantity {
        Quantity::in_base_of(self.row.product_id, self.row.sold)
    }

    /// How many days what is on hand lasts at that pace; null if none was sold.
    async fn cover_days(&self) -> Option<i64> {
        cover(self.row.on_hand, self.row.sold, self.days)
    }
}

fn cover(on_hand: Decimal, sold: Decimal, days: i32) -> Option<i64> {
    if sold <= Decimal::ZERO {
        return None;
    }
    let lasts = on_hand
        .checked_mul(Decimal::from(days))?
        .checked_div(sold)?;
    i64::try_from(lasts.trunc()).ok()
}

/// Goods that nobody takes.
pub struct DeadStock(DeadRow);

/// Goods in a warehouse that no customer has taken any of for long.
#[Object(directive = has_permission::apply(P::ReportsRead))]
impl DeadStock {
    /// The product.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product_id).await
    }

    /// Where it lies.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.warehouse_id).await
    }

    /// What lies there.
    async fn on_hand(&self) -> Quantity {
        Quantity::in_base_of(self.0.product_id, self.0.on_hand)
    }

    /// What that has cost.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn value(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.value)
    }

    /// When some of it last left for a customer; null if it never did.
    async fn last_issued_at(&self) -> Option<DateTime<Utc>> {
        self.0.issued_at
    }
}

/// Queries on goods that lie.
#[derive(Default)]
pub struct ShelfQuery;

#[Object]
impl ShelfQuery {
    /// Products of which more is on hand than sells in a long time, those worth most first; by
    /// what was billed of them on the last days.
    #[graphql(
        guard = P::ReportsRead,
        directive = has_permission::apply(P::ReportsRead),
        complexity = "page_cost(first, None, child_complexity)"
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "the Relay specification wants them flat"
    )]
    async fn slow_stock(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many days up to today show how it sells, 1 to 3660.",
            default = 90
        )]
        days: i32,
        #[graphql(
            desc = "It is slow if it lasts longer than so many days.",
            default = 180
        )]
        cover_days: i32,
        #[graphql(desc = "Page size, 1 to 200; 50 if absent.")] first: Option<i32>,
        #[graphql(desc = "Start behind this cursor, which is good for the same days only.")]
        after: Option<String>,
    ) -> AppResult<Connection<SlowStock>> {
        check_days("days", days)?;
        check_days("coverDays", cover_days)?;
        let request = forward(first, after)?;
        let list = format!("slowStock {days} {cover_days}");
        let place = place(&request, &list)?.map(|(value, [id, _])| (value, id));
        let unit = ctx.unit()?;
        let mut tx = unit.tx().await?;
        let pace = Pace {
            until: calendar::today(&mut tx).await?,
            days,
            cover: cover_days,
        };
        let rows = query::slow(&mut tx, pace, (place, request.fetch_limit())).await?;
        drop(tx);
        unit.spend(rows.len())?;
        let placed = |row: SlowRow| {
            let cursor = cursor(&list, row.value, [row.product_id.uuid(), Uuid::nil()]);
            (cursor, SlowStock { row, days })
        };
        let total = TotalCount::new(move |unit: Arc<UnitOfWork>| async move {
            Ok(query::count_slow(&mut *unit.tx().await?, pace).await?)
        });
        let page = request.page(rows.into_iter().map(placed).collect());
        Ok(connect_placed(page, total))
    }

    /// Goods in a warehouse that no customer has taken any of for long although they were
    /// there before, those worth most first.
    #[graphql(
        guard = P::ReportsRead,
        directive = has_permission::apply(P::ReportsRead),
        complexity = "page_cost(first, None, child_complexity)"
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "the Relay specification wants them flat"
    )]
    async fn dead_stock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For how many days, 1 to 3660.", default = 180)] days: i32,
        #[graphql(desc = "Only in this warehouse.")] warehouse_id: Option<WarehouseId>,
        #[graphql(desc = "Page size, 1 to 200; 50 if absent.")] first: Option<i32>,
        #[graphql(desc = "Start behind this cursor, which is good for the same days only.")]
        after: Option<String>,
    ) -> AppResult<Connection<DeadStock>> {
        check_days("days", days)?;
        let request = forward(first, after)?;
        let list = format!("deadStock {days} {warehouse_id:?}");
        let place = place(&request, &list)?.map(|(value, [id, at])| (value, id, at));
        let unit = ctx.unit()?;
        let mut tx = unit.tx().await?;
        let of = (tx.now() - TimeDelta::days(days.into()), warehouse_id);
        let rows = query::dead(&mut tx, of, (place, request.fetch_limit())).await?;
        drop(tx);
        unit.spend(rows.len())?;
        let placed = |row: DeadRow| {
            let ids = [row.product_id.uuid(), row.warehouse_id.uuid()];
            (cursor(&list, row.value, ids), DeadStock(row))
        };
        let total = TotalCount::new(move |unit: Arc<UnitOfWork>| async move {
            Ok(query::count_dead(&mut *unit.tx().await?, of).await?)
        });
        let page = request.page(rows.into_iter().map(placed).collect());
        Ok(connect_placed(page, total))
    }
}

fn check_days(field: &'static str, days: i32) -> AppResult<()> {
    if (1..=MOST_DAYS).contains(&days) {
        return Ok(());
    }
    let message = format!("must be between 1 and {MOST_DAYS}");
    Err(AppError::bad_input(field, message))
}

fn forward(first: Option<i32>, after: Option<String>) -> AppResult<PageRequest> {
    PageRequest::try_from(PageArgs {
        first,
        after,
        ..PageArgs::default()
    })
}

fn cursor(list: &str, value: Decimal, [id, at]: [Uuid; 2]) -> Cursor {
    Cursor {
        order: list.to_owned(),
        values: vec![value.to_string(), id.to_string(), at.to_string()],
    }
}

/// The value and the ids of a cursor of this list.
fn place(request: &PageRequest, list: &str) -> AppResult<Option<(Decimal, [Uuid; 2])>> {
    let Some(cursor) = &request.cursor else {
        return Ok(None);
    };
    let place = match cursor.values.as_slice() {
        [value, id, at] if cursor.order == list => {
            let ids = id.parse().ok().zip(at.parse().ok());
            value.parse().ok().zip(ids.map(|(id, at)| [id, at]))
        }
        _ => None,
    };
    place.map(Some).ok_or_else(foreign_cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_never_sold_lasts_for_ever() {
        assert_eq!(cover(Decimal::from(30), Decimal::from(45), 90), Some(60));
        assert_eq!(cover(Decimal::from(30), Decimal::ZERO, 90), None);
        assert_eq!(cover(Decimal::from(30), Decimal::from(-4), 90), None);
    }
}
