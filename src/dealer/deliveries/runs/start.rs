//! The use case of a truck that leaves.

use super::actions::DeliveryRunAction;
use super::events::DeliveryRunStarted;
use super::input::DeliveryRunStepInput;
use super::model::{DeliveryRunRow, DeliveryRunState};
use super::query;
use super::service::{locked, to};
use crate::dealer::deliveries::dispatch::send;
use crate::dealer::deliveries::model::{DeliveryId, DeliveryState};
use crate::dealer::deliveries::places::on_run;
use crate::dealer::deliveries::whole::{Orders, Whole, lock, lock_orders};
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// Sends all deliveries of a run on their way that are loaded; all of them, or none. Those that
/// were sent before are under way with it. As many statements for one line as for two hundred.
pub async fn start(
    tx: &mut TenantTx,
    input: DeliveryRunStepInput,
) -> ServiceResult<DeliveryRunRow> {
    // Orders are locked before runs, and those before deliveries.
    let seen = on_run(tx, input.id).await?;
    let orders = lock_orders(tx, &seen).await?;
    let key = (input.id, input.expected_version);
    let run = locked(tx, key, DeliveryRunAction::Start).await?;
    let loaded = loaded(tx, &run, &orders).await?;
    if !loaded.is_empty() {
        send(tx, (&orders, loaded)).await?;
    }
    let run = query::update(tx, run.id, to(tx, DeliveryRunState::UnderWay)).await?;
    tx.emit(&DeliveryRunStarted((&run).into()));
    Ok(run)
}

/// The deliveries of a locked run that are loaded, locked; refused while one waits to be, and
/// where nothing is on the truck.
async fn loaded(
    tx: &mut TenantTx,
    run: &DeliveryRunRow,
    orders: &Orders,
) -> ServiceResult<Vec<Whole>> {
    let refused = |code, message: &str| Err(UserError::at(code, &["input", "id"], message).into());
    let on_it = on_run(tx, run.id).await?;
    let ids: Vec<DeliveryId> = on_it.iter().map(|row| row.id).collect();
    let mut found = lock(tx, &ids).await?;
    let is_known = |whole: &Whole| {
        whole.row.run_id == Some(run.id) && orders.contains_key(&whole.row.order_id)
    };
    if !found.iter().all(is_known) {
        let message = "the deliveries of the run have changed meanwhile; send this again";
        return refused(ErrorCode::Conflict, message);
    }
    let rows = found.iter().map(|whole| &whole.row);
    if let Some(message) = DeliveryRunAction::Start.hindered_by(rows) {
        return refused(ErrorCode::NotAllowed, &message);
    }
    found.retain(|whole| whole.row.state == DeliveryState::Loaded);
    Ok(found)
}
