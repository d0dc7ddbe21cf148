//! SQL of valuations.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Numeric, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use crate::db::error::DbResult;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::tenancy::TenantTx;

/// What lies in a warehouse.
#[derive(diesel::QueryableByName, Clone, Debug)]
pub struct WorthRow {
    /// Where.
    #[diesel(sql_type = SqlUuid)]
    pub warehouse_id: WarehouseId,
    /// What it has cost.
    #[diesel(sql_type = Numeric)]
    pub value: Decimal,
    /// How many products there are some of.
    #[diesel(sql_type = BigInt)]
    pub products: i64,
}

/// What lay in each warehouse at a moment, by its code: of each level the last movement
/// until then, which an index leads to.
pub async fn worth(tx: &mut TenantTx, at: DateTime<Utc>) -> DbResult<Vec<WorthRow>> {
    #[expect(clippy::disallowed_methods, reason = "diesel has no words for LATERAL")]
    let query = diesel::sql_query(
        "SELECT w.id AS warehouse_id, coalesce(sum(m.on_hand_value), 0) AS value, \
                count(*) FILTER (WHERE m.on_hand <> 0) AS products \
         FROM warehouses w \
         JOIN stock_levels l ON l.warehouse_id = w.id \
         CROSS JOIN LATERAL (SELECT on_hand, on_hand_value FROM stock_movements \
                             WHERE product_id = l.product_id AND warehouse_id = l.warehouse_id AND at <= $1 \
                             ORDER BY at DESC, number DESC LIMIT 1) m \
         GROUP BY w.id, w.code ORDER BY w.code",
    );
    Ok(query.bind::<Timestamptz, _>(at).load(tx).await?)
}
