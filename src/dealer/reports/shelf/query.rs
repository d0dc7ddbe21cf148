//! SQL of goods that lie.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Numeric, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::db::error::DbResult;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::tenancy::TenantTx;

/// A product of which more lies than sells.
#[derive(diesel::QueryableByName, Clone, Debug)]
pub struct SlowRow {
    /// The product.
    #[diesel(sql_type = SqlUuid)]
    pub product_id: ProductId,
    /// On hand in all warehouses.
    #[diesel(sql_type = Numeric)]
    pub on_hand: Decimal,
    /// What that has cost.
    #[diesel(sql_type = Numeric)]
    pub value: Decimal,
    /// What was sold.
    #[diesel(sql_type = Numeric)]
    pub sold: Decimal,
}

/// How long goods should last at most, by what was sold on some days up to a last one.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The last day.
    pub until: NaiveDate,
    /// How many days.
    pub days: i32,
    /// How many days goods should last at most.
    pub cover: i32,
}

/// Products of which more is on hand than is sold in as many days as they should last. The sums
/// of sales know no warehouse, so all of them count together.
const SLOW: &str = "\
    SELECT * FROM (\
        SELECT l.product_id, sum(l.on_hand) AS on_hand, sum(l.value) AS value, \
               coalesce(max(s.sold), 0) AS sold \
        FROM stock_levels l \
        LEFT JOIN (SELECT product_id, sum(quantity) AS sold FROM sales_by_product \
                   WHERE day > $1 - $2::int AND day <= $1 GROUP BY product_id) s \
            ON s.product_id = l.product_id \
        WHERE l.on_hand > 0 GROUP BY l.product_id) g \
    WHERE on_hand * $2 > sold * $3";

/// Products of which more is on hand than is sold in `cover` days, the most valuable first.
pub async fn slow(
    tx: &mut TenantTx,
    pace: Pace,
    (after, most): (Option<(Decimal, Uuid)>, i64),
) -> DbResult<Vec<SlowRow>> {
    #[expect(clippy::disallowed_methods, reason = "diesel joins no grouped query")]
    let query = diesel::sql_query(format!(
        "{SLOW} AND ($4::numeric IS NULL OR (value, product_id) < ($4, $5)) \
         ORDER BY value DESC, product_id DESC LIMIT $6"
    ));
    let query = query
        .bind::<Date, _>(pace.until)
        .bind::<Integer, _>(pace.days)
        .bind::<Integer, _>(pace.cover)
        .bind::<Nullable<Numeric>, _>(after.map(|place| place.0))
        .bind::<Nullable<SqlUuid>, _>(after.map(|place| place.1))
        .bind::<BigInt, _>(most);
    Ok(query.load(tx).await?)
}

/// How many such products there are.
pub async fn count_slow(tx: &mut TenantTx, pace: Pace) -> DbResult<i64> {
    #[expect(clippy::disallowed_methods, reason = "the same source as the page's")]
    let query = diesel::sql_query(format!("SELECT count(*) AS count FROM ({SLOW}) c"));
    let query = query
        .bind::<Date, _>(pace.until)
        .bind::<Integer, _>(pace.days)
        .bind::<Integer, _>(pace.cover);
    let row: Count = query.get_result(tx).await?;
    Ok(row.count)
}

/// How many there are.
#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Goods in a warehouse that no customer has taken any of for long.
#[derive(diesel::QueryableByName, Clone, Debug)]
pub struct DeadRow {
    /// The product.
    #[diesel(sql_type = SqlUuid)]
    pub product_id: ProductId,
    /// Where.
    #[diesel(sql_type = SqlUuid)]
    pub warehouse_id: WarehouseId,
    /// On hand.
    #[diesel(sql_type = Numeric)]
    pub on_hand: Decimal,
    /// What that has cost.
    #[diesel(sql_type = Numeric)]
    pub value: Decimal,
    /// When some last left for a customer, if ever.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub issued_at: Option<DateTime<Utc>>,
}

/// Goods of which none left for a customer since a moment, although they were kept before it.
/// The index of the movements' numbers leads to the first one, and from the last one back.
const DEAD: &str = "\
    SELECT l.product_id, l.warehouse_id, l.on_hand, l.value, i.at AS issued_at \
    FROM stock_levels l \
    JOIN stock_movements f ON f.product_id = l.product_id \
         AND f.warehouse_id = l.warehouse_id AND f.number = 1 AND f.at < $1 \
    LEFT JOIN LATERAL (SELECT at FROM stock_movements m \
                       WHERE m.product_id = l.product_id AND m.warehouse_id = l.warehouse_id \
                         AND m.kind = 'ISSUE' \
                       ORDER BY m.number DESC LIMIT 1) i ON true \
    WHERE l.on_hand > 0 AND coalesce(i.at < $1, true) AND ($2::uuid IS NULL OR l.warehouse_id = $2)";

/// Goods that nobody has taken since a moment, the most valuable first.
pub async fn dead(
    tx: &mut TenantTx,
    (since, warehouse): (DateTime<Utc>, Option<WarehouseId>),
    (after, most): (Option<(Decimal, Uuid, Uuid)>, i64),
) -> DbResult<Vec<DeadRow>> {
    #[expect(clippy::disallowed_methods, reason = "diesel has no words for LATERAL")]
    let query = diesel::sql_query(format!(
        "{DEAD} AND ($3::numeric IS NULL OR (l.value, l.product_id, l.warehouse_id) < ($3, $4, $5)) \
         ORDER BY l.value DESC, l.product_id DESC, l.warehouse_id DESC LIMIT $6"
    ));
    let query = query
        .bind::<Timestamptz, _>(since)
        .bind::<Nullable<SqlUuid>, _>(warehouse)
        .bind::<Nullable<Numeric>, _>(after.map(|place| place.0))
        .bind::<Nullable<SqlUuid>, _>(after.map(|place| place.1))
        .bind::<Nullable<SqlUuid>, _>(after.map(|place| place.2))
        .bind::<BigInt, _>(most);
    Ok(query.load(tx).await?)
}

/// How many such goods there are.
pub async fn count_dead(
    tx: &mut TenantTx,
    (since, warehouse): (DateTime<Utc>, Option<WarehouseId>),
) -> DbResult<i64> {
    #[expect(clippy::disallowed_methods, reason = "the same source as the page's")]
    let query = diesel::sql_query(format!("SELECT count(*) AS count FROM ({DEAD}) c"));
    let query = query
        .bind::<Timestamptz, _>(since)
        .bind::<Nullable<SqlUuid>, _>(warehouse);
    let row: Count = query.get_result(tx).await?;
    Ok(row.count)
}
