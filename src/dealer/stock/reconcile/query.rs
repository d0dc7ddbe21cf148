//! SQL of the proof.

use diesel::sql_types::{BigInt, Numeric, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use crate::db::error::DbResult;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::tenancy::TenantTx;

/// A level beside the sums it should be.
#[derive(diesel::QueryableByName, Clone, Debug)]
pub struct DifferenceRow {
    /// Of what.
    #[diesel(sql_type = SqlUuid)]
    pub product_id: ProductId,
    /// Where.
    #[diesel(sql_type = SqlUuid)]
    pub warehouse_id: WarehouseId,
    /// On hand, as the level says.
    #[diesel(sql_type = Numeric)]
    pub on_hand: Decimal,
    /// The sum of the movements.
    #[diesel(sql_type = Numeric)]
    pub moved: Decimal,
    /// The value, as the level says.
    #[diesel(sql_type = Numeric)]
    pub value: Decimal,
    /// The sum of the movements' values.
    #[diesel(sql_type = Numeric)]
    pub moved_value: Decimal,
    /// Promised, as the level says.
    #[diesel(sql_type = Numeric)]
    pub reserved: Decimal,
    /// The sum of what is open of reservations.
    #[diesel(sql_type = Numeric)]
    pub promised: Decimal,
}

/// Levels that are not the sums of their movements and reservations, or whose movements
/// are not numbered without a gap; at most `most`.
pub async fn differences(tx: &mut TenantTx, most: i64) -> DbResult<Vec<DifferenceRow>> {
    #[expect(clippy::disallowed_methods, reason = "diesel joins no grouped query")]
    let query = diesel::sql_query(
        "SELECT l.product_id, l.warehouse_id, l.on_hand, coalesce(m.moved, 0) AS moved, \
                l.value, coalesce(m.moved_value, 0) AS moved_value, \
                l.reserved, coalesce(r.promised, 0) AS promised \
         FROM stock_levels l \
         LEFT JOIN (SELECT product_id, warehouse_id, sum(quantity) AS moved, sum(value) AS moved_value, \
                           count(*) AS count, max(number) AS last \
                    FROM stock_movements GROUP BY product_id, warehouse_id) m \
             ON m.product_id = l.product_id AND m.warehouse_id = l.warehouse_id \
         LEFT JOIN (SELECT product_id, warehouse_id, sum(open) AS promised \
                    FROM stock_reservations GROUP BY product_id, warehouse_id) r \
             ON r.product_id = l.product_id AND r.warehouse_id = l.warehouse_id \
         WHERE l.on_hand <> coalesce(m.moved, 0) OR l.value <> coalesce(m.moved_value, 0) \
            OR l.reserved <> coalesce(r.promised, 0) \
            OR l.movements <> coalesce(m.count, 0) OR l.movements <> coalesce(m.last, 0) \
         ORDER BY l.product_id, l.warehouse_id LIMIT $1",
    );
    Ok(query.bind::<BigInt, _>(most).load(tx).await?)
}
