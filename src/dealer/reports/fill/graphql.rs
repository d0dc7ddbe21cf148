//! The surface of the fill rate.

use async_graphql::{Context, Object};
use chrono::NaiveDate;

use super::query::{FillRow, RateOf};
use crate::dealer::reports::sales::input::Window;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Decimal;

/// Most days that are looked at, since each order of them is.
const MOST_DAYS: i64 = 366;

/// How many orders were delivered as they were wanted.
pub struct FillRate(FillRow);

/// How many orders were delivered in full on the day on which they were wanted, or before.
#[Object(directive = has_permission::apply(P::ReportsRead))]
impl FillRate {
    /// Orders that were wanted on these days, drafts and cancelled ones aside.
    async fn orders(&self) -> i64 {
        self.0.orders
    }

    /// Those of which all that is not cancelled was delivered, whenever.
    async fn in_full(&self) -> i64 {
        self.0.in_full
    }

    /// Those of which all that is not cancelled was delivered in time.
    async fn on_time(&self) -> i64 {
        self.0.on_time
    }

    /// onTime in percent of orders, with two decimals; null if there are none.
    async fn percent(&self) -> Option<Decimal> {
        percent(self.0).map(Decimal)
    }
}

fn percent(row: FillRow) -> Option<rust_decimal::Decimal> {
    let on_time = rust_decimal::Decimal::from(row.on_time) * rust_decimal::Decimal::ONE_HUNDRED;
    let share = on_time.checked_div(row.orders.into())?;
    Some(share.round_dp(2))
}

/// Queries on how orders were delivered.
#[derive(Default)]
pub struct FillQuery;

#[Object]
impl FillQuery {
    /// How many of the orders that were wanted from one day to another were delivered in full
    /// in time. At most 366 days.
    #[graphql(guard = P::ReportsRead, directive = has_permission::apply(P::ReportsRead))]
    async fn fill_rate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day, at the dealer's place.")] from: NaiveDate,
        #[graphql(desc = "The last day.")] to: NaiveDate,
    ) -> AppResult<FillRate> {
        let window = Window::new(from, to, Some(MOST_DAYS))?;
        Ok(FillRate(ctx.unit()?.cached(RateOf(window)).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_no_orders_there_is_no_share() {
        let row = |orders, on_time| FillRow {
            orders,
            in_full: on_time,
            on_time,
        };
        assert_eq!(percent(row(0, 0)), None);
        assert_eq!(
            percent(row(3, 2)).map(|p| p.to_string()).as_deref(),
            Some("66.67")
        );
    }
}
