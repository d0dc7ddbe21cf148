//! SQL of the proof.

use diesel::sql_types::{BigInt, Nullable, Numeric, Uuid as SqlUuid};
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
    /// The sum of what is on hand of its lots, if it is kept by lots.
    #[diesel(sql_type = Nullable<Numeric>)]
    pub in_lots: Option<Decimal>,
    /// The sum of what moved of its lots, if it is kept by lots.
    #[diesel(sql_type = Nullable<Numeric>)]
    pub moved_in_lots: Option<Decimal>,
}

/// Levels that are not the sums of their movements, reservations and lots, or whose movements
/// are not numbered without a gap; at most `most`.
pub async fn differences(tx: &mut TenantTx, most: i64) -> DbResult<Vec<DifferenceRow>> {
    #[expect(clippy::disallowed_methods, reason = "diesel joins no grouped query")]
    let query = diesel::sql_query(
        "SELECT l.product_id, l.warehouse_id, l.on_hand, coalesce(m.moved, 0) AS moved, \
                l.value, coalesce(m.moved_value, 0) AS moved_value, \
                l.reserved, coalesce(r.promised, 0) AS promised, \
                CASE WHEN p.since IS NOT NULL THEN coalesce(o.in_lots, 0) END AS in_lots, \
                CASE WHEN p.since IS NOT NULL THEN coalesce(k.moved, 0) END AS moved_in_lots \
         FROM stock_levels l \
         LEFT JOIN (SELECT product_id, warehouse_id, sum(quantity) AS moved, sum(value) AS moved_value, \
                           count(*) AS count, max(number) AS last \
                    FROM stock_movements GROUP BY product_id, warehouse_id) m \
             ON m.product_id = l.product_id AND m.warehouse_id = l.warehouse_id \
         LEFT JOIN (SELECT product_id, warehouse_id, sum(open) AS promised \
                    FROM stock_reservations GROUP BY product_id, warehouse_id) r \
             ON r.product_id = l.product_id AND r.warehouse_id = l.warehouse_id \
         LEFT JOIN lot_products p ON p.product_id = l.product_id \
         LEFT JOIN (SELECT t.product_id, v.warehouse_id, sum(v.on_hand) AS in_lots \
                    FROM lot_levels v JOIN lots t ON t.id = v.lot_id \
                    GROUP BY t.product_id, v.warehouse_id) o \
             ON o.product_id = l.product_id AND o.warehouse_id = l.warehouse_id \
         LEFT JOIN (SELECT s.product_id, s.warehouse_id, sum(v.quantity) AS moved \
                    FROM lot_movements v JOIN stock_movements s ON s.id = v.movement_id \
                    GROUP BY s.product_id, s.warehouse_id) k \
             ON k.product_id = l.product_id AND k.warehouse_id = l.warehouse_id \
         WHERE l.on_hand <> coalesce(m.moved, 0) OR l.value <> coalesce(m.moved_value, 0) \
            OR l.reserved <> coalesce(r.promised, 0) \
            OR (p.since IS NOT NULL AND (l.on_hand <> coalesce(o.in_lots, 0) OR l.on_hand <> coalesce(k.moved, 0))) \
            OR l.movements <> coalesce(m.count, 0) OR l.movements <> coalesce(m.last, 0) \
         ORDER BY l.product_id, l.warehouse_id LIMIT $1",
    );
    Ok(query.bind::<BigInt, _>(most).load(tx).await?)
}
