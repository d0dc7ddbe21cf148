//! Use cases of holds.

use super::events::{ReservationMade, ReservationReleased};
use super::input::{StockHoldInput, StockHoldReleaseInput};
use super::model::{ReservationId, ReservationRow, ReservationSource};
use super::query;
use super::reserve::{Promise, release, reserve};
use crate::dealer::catalog::quantity::Measures;
use crate::dealer::stock::warehouses::service::{in_use, rests};
use crate::error::{AppError, ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Puts goods aside.
pub async fn hold(tx: &mut TenantTx, input: StockHoldInput) -> ServiceResult<ReservationRow> {
    let mut checks = Checks::default();
    let reason = checks.text(&["input", "reason"], &input.reason, 1, 200);
    checks.finish()?;
    let at_warehouse = ["input", "warehouseId"];
    let warehouse = in_use(tx, input.warehouse_id, &at_warehouse).await?;
    rests(&warehouse, &at_warehouse, "put it aside")?;
    let measures = Measures::of(tx, &[input.product_id]).await?;
    let path = ["input", "quantity"];
    let product_path = ["input", "productId"];
    let product = (input.product_id, &product_path[..]);
    let asked = measures.kept(product, (&input.quantity, &path))?;
    let promise = Promise {
        place: (input.product_id, input.warehouse_id),
        asked,
        reason: Some(reason),
        path: path.map(str::to_owned).into(),
    };
    let source = (ReservationSource::Hold, None);
    let held = reserve(tx, source, vec![promise]).await?.pop();
    let held = held.ok_or_else(|| AppError::internal("a promise of nothing"))?;
    tx.emit(&ReservationMade((&held).into()));
    Ok(held)
}

/// Gives goods that were put aside free again.
pub async fn give_free(
    tx: &mut TenantTx,
    input: StockHoldReleaseInput,
) -> ServiceResult<ReservationRow> {
    let held = find(tx, input.id).await?;
    if held.version != input.expected_version {
        let message = "the record has changed since it was read; read it again";
        let path = ["input", "expectedVersion"];
        return Err(UserError::at(ErrorCode::Conflict, &path, message).into());
    }
    if release(tx, held.source_id).await?.is_empty() {
        let message = "none of it is held any more";
        return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
    }
    let released = find(tx, input.id).await?;
    tx.emit(&ReservationReleased((&released).into()));
    Ok(released)
}

/// A hold with this id.
async fn find(tx: &mut TenantTx, id: ReservationId) -> ServiceResult<ReservationRow> {
    let found = query::find_many(tx, &[id]).await?.into_iter().next();
    let found = found.filter(|row| row.source == ReservationSource::Hold);
    let missing = || {
        let message = "there is no such hold";
        UserError::at(ErrorCode::NotFound, &["input", "id"], message)
    };
    Ok(found.ok_or_else(missing)?)
}
