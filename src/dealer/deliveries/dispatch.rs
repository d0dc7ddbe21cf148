//! The use case of sending goods on their way.

use super::actions::DeliveryAction;
use super::events::DeliveryDispatched;
use super::input::DeliveryStepInput;
use super::model::{DeliveryChanges, DeliveryId, DeliveryRow, DeliveryState};
use super::whole::{Orders, Whole, lock_one, order_of};
use super::{credit, query, stock};
use crate::dealer::orders::fulfil::check_deliverable;
use crate::dealer::stock::warehouses::service::all_in_use;
use crate::error::{AppError, ServiceResult};
use crate::tenancy::TenantTx;

/// Where a delivery or a run is named that can not go.
const AT_ID: [&str; 2] = ["input", "id"];

/// Sends a delivery that is loaded on its way.
pub async fn dispatch(tx: &mut TenantTx, input: DeliveryStepInput) -> ServiceResult<DeliveryRow> {
    let key = (input.id, input.expected_version);
    let (orders, whole) = lock_one(tx, key, DeliveryAction::Dispatch).await?;
    let sent = send(tx, (&orders, vec![whole])).await?.pop();
    sent.ok_or_else(|| AppError::internal("nothing was sent").into())
}

/// Sends deliveries that are locked and loaded on their way, all or none.
pub(super) async fn send(
    tx: &mut TenantTx,
    (orders, mut deliveries): (&Orders, Vec<Whole>),
) -> ServiceResult<Vec<DeliveryRow>> {
    may_leave(tx, (orders, &deliveries), &AT_ID).await?;
    stock::issue(tx, (orders, &mut deliveries), &AT_ID).await?;
    let ids: Vec<DeliveryId> = deliveries.iter().map(|whole| whole.row.id).collect();
    let lines = deliveries.into_iter().flat_map(|whole| whole.lines);
    query::store_lines(tx, lines.collect()).await?;
    let changes = DeliveryChanges {
        dispatched_at: Some(tx.now()),
        ..DeliveryChanges::to(DeliveryState::Dispatched, tx.now())
    };
    let rows = query::update(tx, &ids, changes).await?;
    for row in &rows {
        tx.emit(&DeliveryDispatched(row.into()));
    }
    Ok(rows)
}

/// Refuses deliveries whose order, buyer or warehouse does not let them leave.
pub(super) async fn may_leave(
    tx: &mut TenantTx,
    (orders, deliveries): (&Orders, &[Whole]),
    path: &[&str],
) -> ServiceResult<()> {
    let path_of: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
    let mut warehouses = Vec::new();
    for whole in deliveries {
        check_deliverable(&order_of(orders, whole.row.order_id)?.row, path)?;
        warehouses.push((whole.row.warehouse_id, path_of.clone()));
    }
    all_in_use(tx, &warehouses).await?;
    credit::check(tx, (orders, deliveries), path).await
}
