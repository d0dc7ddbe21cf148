//! SQL of sales reports. All of them read the kept sums.

use chrono::NaiveDate;
use diesel::dsl::sum;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Numeric, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::input::{Group, Period, Rank, Window};
use crate::db::error::DbResult;
use crate::db::tenant_tables::sales_by_day as days;
use crate::dealer::reports::model::Figures;
use crate::tenancy::TenantTx;

/// A group's sales, and those of as many days before.
#[derive(diesel::QueryableByName, Clone, Debug)]
struct RankedRow {
    #[diesel(sql_type = SqlUuid)]
    key: Uuid,
    #[diesel(sql_type = Numeric)]
    rank: Decimal,
    #[diesel(sql_type = Numeric)]
    net: Decimal,
    #[diesel(sql_type = Numeric)]
    costed_net: Decimal,
    #[diesel(sql_type = Numeric)]
    cost: Decimal,
    #[diesel(sql_type = Numeric)]
    quantity: Decimal,
    #[diesel(sql_type = BigInt)]
    lines: i64,
    #[diesel(sql_type = Numeric)]
    net_before: Decimal,
    #[diesel(sql_type = Numeric)]
    costed_net_before: Decimal,
    #[diesel(sql_type = Numeric)]
    cost_before: Decimal,
    #[diesel(sql_type = Numeric)]
    quantity_before: Decimal,
    #[diesel(sql_type = BigInt)]
    lines_before: i64,
}

/// How many there are.
#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// A group's sales.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub struct Ranked {
    /// Who or what; nil for none.
    pub key: Uuid,
    /// By what it has its place.
    pub rank: Decimal,
    /// What was sold.
    pub figures: Figures,
    /// What was sold in as many days before.
    pub before: Figures,
}

/// The rank and key behind which a page begins.
pub type Place = (Decimal, Uuid);

/// Groups with sales in the window, the largest first.
pub async fn ranked(
    tx: &mut TenantTx,
    (group, rank): (Group, Rank),
    window: Window,
    (after, most): (Option<Place>, i64),
) -> DbResult<Vec<Ranked>> {
    #[expect(clippy::disallowed_methods, reason = "diesel pages no grouped query")]
    let query = diesel::sql_query(ranked_sql(group, rank));
    let query = query
        .bind::<Date, _>(window.before)
        .bind::<Date, _>(window.from)
        .bind::<Date, _>(window.to)
        .bind::<Nullable<Numeric>, _>(after.map(|place| place.0))
        .bind::<Nullable<SqlUuid>, _>(after.map(|place| place.1))
        .bind::<BigInt, _>(most);
    let rows: Vec<RankedRow> = query.load(tx).await?;
    Ok(rows.into_iter().map(Ranked::from).collect())
}

/// How many groups have sales in the window.
pub async fn count_groups(tx: &mut TenantTx, group: Group, window: Window) -> DbResult<i64> {
    let (key, from, _) = source(group);
    #[expect(clippy::disallowed_methods, reason = "the same source as the page's")]
    let query = diesel::sql_query(format!(
        "SELECT count(DISTINCT {key}) AS count FROM {from} WHERE s.day BETWEEN $1 AND $2"
    ));
    let query = query
        .bind::<Date, _>(window.from)
        .bind::<Date, _>(window.to);
    let row: Count = query.get_result(tx).await?;
    Ok(row.count)
}

/// The key of a group, where its sums are, and how many base units they are.
const fn source(group: Group) -> (&'static str, &'static str, &'static str) {
    match group {
        Group::Product => ("s.product_id", "sales_by_product s", "s.quantity"),
        // Of several units: their sum would be of none.
        Group::Category => (
            "coalesce(p.category_id, '00000000-0000-0000-0000-000000000000')",
            "sales_by_product s LEFT JOIN products p ON p.id = s.product_id",
            "0",
        ),
        Group::Customer => ("s.customer_id", "sales_by_buyer s", "0"),
        Group::Job => ("s.job_id", "sales_by_buyer s", "0"),
        Group::Salesperson => ("s.salesperson", "sales_by_buyer s", "0"),
    }
}

/// Nothing of it comes from outside.
fn ranked_sql(group: Group, rank: Rank) -> String {
    let (key, from, quantity) = source(group);
    let rank = match rank {
        Rank::Net => "net",
        Rank::Margin => "costed_net - cost",
        Rank::Quantity => "quantity",
        Rank::Lines => "lines::numeric",
    };
    let sums = |when: &str, suffix: &str| {
        [
            ("s.net", "net", "numeric"),
            ("s.costed_net", "costed_net", "numeric"),
            ("s.cost", "cost", "numeric"),
            (quantity, "quantity", "numeric"),
            ("s.lines", "lines", "bigint"),
        ]
        .map(|(what, name, kind)| {
            format!("coalesce(sum({what}) FILTER (WHERE {when}), 0)::{kind} AS {name}{suffix}")
        })
        .join(", ")
    };
    let (now, before) = (sums("s.day >= $2", ""), sums("s.day < $2", "_before"));
    format!(
        "SELECT * FROM (SELECT g.*, {rank} AS rank FROM (\
             SELECT {key} AS key, {now}, {before} FROM {from} WHERE s.day BETWEEN $1 AND $3 \
             GROUP BY 1 HAVING count(*) FILTER (WHERE s.day >= $2) > 0) g) r \
         WHERE $4::numeric IS NULL OR (rank, key) < ($4, $5) \
         ORDER BY rank DESC, key DESC LIMIT $6"
    )
}

impl From<RankedRow> for Ranked {
    fn from(row: RankedRow) -> Self {
        Self {
            key: row.key,
            rank: row.rank,
            figures: Figures {
                net: row.net,
                costed_net: row.costed_net,
                cost: row.cost,
                quantity: row.quantity,
                lines: row.lines,
            },
            before: Figures {
                net: row.net_before,
                costed_net: row.costed_net_before,
                cost: row.cost_before,
                quantity: row.quantity_before,
                lines: row.lines_before,
            },
        }
    }
}

/// Sales of a period.
#[derive(diesel::QueryableByName, Serialize, Deserialize, Clone, Debug)]
pub struct PeriodRow {
    /// Its first day.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    #[diesel(sql_type = Numeric)]
    net: Decimal,
    #[diesel(sql_type = Numeric)]
    costed_net: Decimal,
    #[diesel(sql_type = Numeric)]
    cost: Decimal,
    #[diesel(sql_type = BigInt)]
    lines: i64,
}

impl PeriodRow {
    /// What was sold.
    pub fn figures(&self) -> Figures {
        Figures {
            net: self.net,
            costed_net: self.costed_net,
            cost: self.cost,
            quantity: Decimal::ZERO,
            lines: self.lines,
        }
    }
}

/// The first day of the period in which a day is.
const fn begin(period: Period) -> &'static str {
    match period {
        Period::Day => "day",
        Period::Week => "date_trunc('week', day::timestamp)::date",
        Period::Month => "date_trunc('month', day::timestamp)::date",
    }
}

/// Periods with sales in the window, the earliest first.
pub async fn periods(
    tx: &mut TenantTx,
    period: Period,
    window: Window,
    (after, most): (Option<NaiveDate>, i64),
) -> DbResult<Vec<PeriodRow>> {
    let begin = begin(period);
    #[expect(
        clippy::disallowed_methods,
        reason = "diesel has no words for date_trunc"
    )]
    let query = diesel::sql_query(format!(
        "SELECT {begin} AS starts_on, sum(net) AS net, sum(costed_net) AS costed_net, \
                sum(cost) AS cost, sum(lines)::bigint AS lines \
         FROM sales_by_day WHERE day BETWEEN $1 AND $2 AND ($3::date IS NULL OR {begin} > $3) \
         GROUP BY 1 ORDER BY 1 LIMIT $4"
    ));
    let query = query
        .bind::<Date, _>(window.from)
        .bind::<Date, _>(window.to)
        .bind::<Nullable<Date>, _>(after)
        .bind::<BigInt, _>(most);
    Ok(query.load(tx).await?)
}

/// How many periods have sales in the window.
pub async fn count_periods(tx: &mut TenantTx, period: Period, window: Window) -> DbResult<i64> {
    let begin = begin(period);
    #[expect(
        clippy::disallowed_methods,
        reason = "diesel has no words for date_trunc"
    )]
    let query = diesel::sql_query(format!(
        "SELECT count(DISTINCT {begin}) AS count FROM sales_by_day WHERE day BETWEEN $1 AND $2"
    ));
    let query = query
        .bind::<Date, _>(window.from)
        .bind::<Date, _>(window.to);
    let row: Count = query.get_result(tx).await?;
    Ok(row.count)
}

/// Sums as the database gives them: none where there is no row.
type Sums = (
    Option<Decimal>,
    Option<Decimal>,
    Option<Decimal>,
    Option<Decimal>,
);

/// Sums of the days of which a condition holds.
macro_rules! sums_of {
    ($which:expr) => {
        (
            sum(days::net).aggregate_filter($which),
            sum(days::costed_net).aggregate_filter($which),
            sum(days::cost).aggregate_filter($which),
            sum(days::lines).aggregate_filter($which),
        )
    };
}

/// What was sold in all: in the window, and in as many days before.
pub async fn totals(tx: &mut TenantTx, window: Window) -> DbResult<(Figures, Figures)> {
    let query = days::table
        .filter(days::day.between(window.before, window.to))
        .select((
            sums_of!(days::day.ge(window.from)),
            sums_of!(days::day.lt(window.from)),
        ));
    let (now, before): (Sums, Sums) = query.get_result(tx).await?;
    Ok((figures(now), figures(before)))
}

fn figures((net, costed_net, cost, lines): Sums) -> Figures {
    Figures {
        net: net.unwrap_or_default(),
        costed_net: costed_net.unwrap_or_default(),
        cost: cost.unwrap_or_default(),
        quantity: Decimal::ZERO,
        // PostgreSQL sums counts as numeric.
        lines: i64::try_from(lines.unwrap_or_default()).unwrap_or(i64::MAX),
    }
}
