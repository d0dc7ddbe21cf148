//! The use cases of goods that arrive, or do not.

use rust_decimal::Decimal;

use super::actions::DeliveryAction;
use super::events::{DeliveryDelivered, DeliveryFailed};
use super::input::{DeliveryConfirmInput, DeliveryFailInput};
use super::model::{DeliveryChanges, DeliveryRow, DeliveryState};
use super::whole::{Orders, Whole, lock_one};
use super::{handed, proof, query, stock};
use crate::dealer::orders::fulfil;
use crate::error::{AppError, ErrorCode, ServiceResult, UserError};
use crate::files::Files;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Counts what of a delivery was handed over, and to whom.
pub async fn confirm(
    tx: &mut TenantTx,
    files: &Files,
    input: DeliveryConfirmInput,
) -> ServiceResult<DeliveryRow> {
    let mut checks = Checks::default();
    let signer = checks.text(&["input", "signer"], &input.signer, 1, 100);
    handed::check(&mut checks, &input.lines);
    proof::check(&mut checks, &input.file_ids);
    checks.finish()?;
    let key = (input.id, input.expected_version);
    let (mut orders, mut whole) = lock_one(tx, key, DeliveryAction::Confirm).await?;
    let handed = handed::amounts(tx, &mut whole.lines, &input.lines).await?;
    if handed.iter().all(Decimal::is_zero) {
        let message = "nothing was handed over: deliveryFail says so";
        let path = ["input", "lines"];
        return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
    }
    stock::settle(tx, (&mut orders, &mut whole), &handed).await?;
    let changes = DeliveryChanges {
        signer: Some(signer),
        delivered_at: Some(tx.now()),
        ..DeliveryChanges::to(DeliveryState::Delivered, tx.now())
    };
    let row = store(tx, (orders, whole), changes).await?;
    proof::attach(tx, files, (row.id, &input.file_ids)).await?;
    tx.emit(&DeliveryDelivered((&row).into()));
    Ok(row)
}

/// Brings all goods of a delivery back that nobody took.
pub async fn fail(tx: &mut TenantTx, input: DeliveryFailInput) -> ServiceResult<DeliveryRow> {
    let mut checks = Checks::default();
    let reason = checks.text(&["input", "reason"], &input.reason, 1, 500);
    checks.finish()?;
    let key = (input.id, input.expected_version);
    let (mut orders, mut whole) = lock_one(tx, key, DeliveryAction::Fail).await?;
    let nothing = vec![Decimal::ZERO; whole.lines.len()];
    stock::settle(tx, (&mut orders, &mut whole), &nothing).await?;
    let changes = DeliveryChanges {
        failure_reason: Some(reason),
        ..DeliveryChanges::to(DeliveryState::Failed, tx.now())
    };
    let row = store(tx, (orders, whole), changes).await?;
    tx.emit(&DeliveryFailed((&row).into()));
    Ok(row)
}

async fn store(
    tx: &mut TenantTx,
    (orders, whole): (Orders, Whole),
    changes: DeliveryChanges,
) -> ServiceResult<DeliveryRow> {
    query::store_lines(tx, whole.lines).await?;
    let row = query::update(tx, &[whole.row.id], changes).await?.pop();
    let row = row.ok_or_else(|| AppError::internal("a delivery has vanished"))?;
    fulfil::store(tx, orders).await?;
    Ok(row)
}
