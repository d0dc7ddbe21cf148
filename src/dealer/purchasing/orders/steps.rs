//! Use cases of purchase orders: moving them on.

use chrono::{Days, NaiveDate};

use super::actions::PurchaseOrderAction as Action;
use super::events::{
    PurchaseOrderCancelled, PurchaseOrderClosed, PurchaseOrderPartiallyReceived,
    PurchaseOrderReceived, PurchaseOrderSent,
};
use super::input::PurchaseOrderStepInput;
use super::model::{
    PurchaseOrderChanges, PurchaseOrderId, PurchaseOrderLineId, PurchaseOrderLineRow,
    PurchaseOrderRow, PurchaseOrderState as State,
};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::calendar::today;
use crate::dealer::purchasing::items::service::of_supplier;
use crate::dealer::purchasing::suppliers::service as suppliers;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// Sends an order; from now on its goods are expected.
pub async fn send(
    tx: &mut TenantTx,
    input: PurchaseOrderStepInput,
) -> ServiceResult<PurchaseOrderRow> {
    let key = (input.id, Some(input.expected_version));
    let order = locked(tx, key, (Action::Send, "id")).await?;
    let mut lines = query::find_lines(tx, &[order.id]).await?;
    expect(tx, &order, &mut lines).await?;
    query::store_lines(tx, &lines).await?;
    let changes = PurchaseOrderChanges {
        sent_at: Some(tx.now()),
        ..to(tx, State::Sent)
    };
    let row = query::update(tx, order.id, changes).await?;
    tx.emit(&PurchaseOrderSent((&row).into()));
    Ok(row)
}

/// Gives an order up of which nothing has come.
pub async fn cancel(
    tx: &mut TenantTx,
    input: PurchaseOrderStepInput,
) -> ServiceResult<PurchaseOrderRow> {
    let row = end(tx, input, (Action::Cancel, State::Cancelled)).await?;
    tx.emit(&PurchaseOrderCancelled((&row).into()));
    Ok(row)
}

/// Ends an order of which the rest is not coming.
pub async fn close(
    tx: &mut TenantTx,
    input: PurchaseOrderStepInput,
) -> ServiceResult<PurchaseOrderRow> {
    let row = end(tx, input, (Action::Close, State::Closed)).await?;
    tx.emit(&PurchaseOrderClosed((&row).into()));
    Ok(row)
}

/// Writes what has come of an order that is locked, with its lines as they are now.
pub async fn received(
    tx: &mut TenantTx,
    id: PurchaseOrderId,
    lines: &[PurchaseOrderLineRow],
) -> DbResult<PurchaseOrderRow> {
    query::store_lines(tx, lines).await?;
    let is_whole = !lines.iter().any(|line| line.is_open);
    let state = if is_whole {
        State::Received
    } else {
        State::PartiallyReceived
    };
    let changes = to(tx, state);
    let row = query::update(tx, id, changes).await?;
    if is_whole {
        tx.emit(&PurchaseOrderReceived((&row).into()));
    } else {
        tx.emit(&PurchaseOrderPartiallyReceived((&row).into()));
    }
    Ok(row)
}

/// The order, locked, if its state lets it be treated so; `field` is that with its id.
/// Without a version it may be any.
pub async fn locked(
    tx: &mut TenantTx,
    (id, version): (PurchaseOrderId, Option<i32>),
    (action, field): (Action, &str),
) -> ServiceResult<PurchaseOrderRow> {
    let path = ["input", field];
    let Some(row) = query::lock(tx, id).await? else {
        let message = "there is no such purchase order";
        return Err(UserError::at(ErrorCode::NotFound, &path, message).into());
    };
    if version.is_some_and(|version| version != row.version) {
        let message = "the record has changed since it was read; read it again";
        let path = ["input", "expectedVersion"];
        return Err(UserError::at(ErrorCode::Conflict, &path, message).into());
    }
    action.check(row.state, &path)?;
    Ok(row)
}

/// The lines of an order, in their order.
pub async fn lines_of(
    tx: &mut TenantTx,
    id: PurchaseOrderId,
) -> DbResult<Vec<PurchaseOrderLineRow>> {
    query::find_lines(tx, &[id]).await
}

/// The lines with these ids.
pub async fn lines_by_id(
    tx: &mut TenantTx,
    ids: &[PurchaseOrderLineId],
) -> DbResult<Vec<PurchaseOrderLineRow>> {
    query::find_lines_by_id(tx, ids).await
}

fn to(tx: &TenantTx, state: State) -> PurchaseOrderChanges {
    PurchaseOrderChanges {
        state: Some(state),
        ..PurchaseOrderChanges::none(tx.now())
    }
}

async fn end(
    tx: &mut TenantTx,
    input: PurchaseOrderStepInput,
    (action, state): (Action, State),
) -> ServiceResult<PurchaseOrderRow> {
    let key = (input.id, Some(input.expected_version));
    let order = locked(tx, key, (action, "id")).await?;
    query::close_lines(tx, order.id).await?;
    let changes = to(tx, state);
    Ok(query::update(tx, order.id, changes).await?)
}

/// Reckons when lines should come for which nobody has said so.
async fn expect(
    tx: &mut TenantTx,
    order: &PurchaseOrderRow,
    lines: &mut [PurchaseOrderLineRow],
) -> ServiceResult<()> {
    let supplier = suppliers::find(tx, order.supplier_id).await?;
    let products: Vec<_> = lines.iter().map(|line| line.product_id).collect();
    let items = of_supplier(tx, order.supplier_id, &products).await?;
    let day = today(tx).await?;
    for line in lines {
        let item = items.get(&line.product_id);
        let lead = item.and_then(|item| item.lead_days);
        let reckoned = after(day, lead.unwrap_or(supplier.lead_days));
        line.expected_on = line.expected_on.or(reckoned);
    }
    Ok(())
}

fn after(day: NaiveDate, days: i16) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(days.unsigned_abs().into()))
}
