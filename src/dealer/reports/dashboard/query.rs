//! SQL of the dashboard: one statement for each of its fields.

use chrono::{Days, NaiveDate};
use diesel::dsl::{count, count_star, sum};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Numeric, Text};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::db::error::DbResult;
use crate::db::tenant_tables::{account_items, deliveries, quotes, sales_by_day, stock_levels};
use crate::dealer::deliveries::model::DeliveryState;
use crate::dealer::reports::model::{DaySalesRow, Figures};
use crate::tenancy::TenantTx;

/// Some documents, and what they come to.
#[derive(diesel::QueryableByName, Serialize, Deserialize, Clone, Copy, Debug, Default)]
pub struct Pile {
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    /// What they come to.
    #[diesel(sql_type = Numeric)]
    pub amount: Decimal,
}

/// Sales of a day, of the day before and of the same day a week before.
pub async fn sales(tx: &mut TenantTx, today: NaiveDate) -> DbResult<[Figures; 3]> {
    let days = [0, 1, 7].map(|ago| today.checked_sub_days(Days::new(ago)).unwrap_or(today));
    let query = sales_by_day::table
        .filter(sales_by_day::day.eq_any(days.to_vec()))
        .select(DaySalesRow::as_select());
    let rows: Vec<DaySalesRow> = query.load(tx).await?;
    let of = |day: NaiveDate| {
        let row = rows.iter().find(|row| row.day == day);
        row.map_or_else(Figures::default, |row| Figures {
            net: row.net,
            costed_net: row.costed_net,
            cost: row.cost,
            quantity: Decimal::ZERO,
            lines: row.lines,
        })
    };
    Ok(days.map(of))
}

/// Orders made on a day, drafts and cancelled ones aside.
pub async fn orders(tx: &mut TenantTx, today: NaiveDate) -> DbResult<Pile> {
    let zone = tx.context().dealer().timezone.clone();
    #[expect(
        clippy::disallowed_methods,
        reason = "diesel has no words for AT TIME ZONE"
    )]
    let query = diesel::sql_query(
        "SELECT count(*) AS count, coalesce(sum(net), 0) AS amount FROM orders \
         WHERE created_at >= ($1::date::timestamp AT TIME ZONE $2) \
           AND created_at < (($1::date + 1)::timestamp AT TIME ZONE $2) \
           AND state IN ('CONFIRMED', 'CLOSED')",
    );
    let query = query.bind::<Date, _>(today).bind::<Text, _>(zone);
    Ok(query.get_result(tx).await?)
}

/// Deliveries planned for a day, by where they stand.
pub async fn deliveries_of(
    tx: &mut TenantTx,
    today: NaiveDate,
) -> DbResult<Vec<(DeliveryState, i64)>> {
    let query = deliveries::table
        .filter(deliveries::planned_on.eq(today))
        .group_by(deliveries::state)
        .select((deliveries::state, count_star()));
    Ok(query.load(tx).await?)
}

/// Quotes that wait for an answer and can still be accepted.
pub async fn open_quotes(tx: &mut TenantTx, today: NaiveDate) -> DbResult<Pile> {
    let query = quotes::table
        .filter(quotes::state.eq("SENT"))
        .filter(quotes::valid_until.ge(today))
        .select((count_star(), sum(quotes::net)));
    let (count, net): (i64, Option<Decimal>) = query.get_result(tx).await?;
    Ok(Pile {
        count,
        amount: net.unwrap_or_default(),
    })
}

/// What should have been paid before a day, and how many customers have not.
pub async fn overdue(tx: &mut TenantTx, today: NaiveDate) -> DbResult<(Pile, i64)> {
    use account_items as items;
    let query = items::table
        .filter(items::settled_on.is_null())
        .filter(items::due_on.lt(today))
        .filter(items::amount.gt(Decimal::ZERO))
        .select((
            count_star(),
            sum(items::amount - items::allocated),
            count(items::customer_id).aggregate_distinct(),
        ));
    let (count, open, customers): (i64, Option<Decimal>, i64) = query.get_result(tx).await?;
    let amount = open.unwrap_or_default();
    Ok((Pile { count, amount }, customers))
}

/// Levels of which less is available than should be.
pub async fn low_stock(tx: &mut TenantTx) -> DbResult<i64> {
    let available = stock_levels::on_hand - stock_levels::reserved;
    let query = stock_levels::table
        .filter(stock_levels::reorder_point.gt(available.nullable()))
        .select(count_star());
    Ok(query.get_result(tx).await?)
}
