//! Use cases of purchase orders: writing them.

use super::actions::PurchaseOrderAction as Action;
use super::events::{PurchaseOrderCreated, PurchaseOrderUpdated};
use super::input::{PurchaseOrderCreateInput, PurchaseOrderUpdateInput};
use super::model::{
    PurchaseOrderChanges, PurchaseOrderId, PurchaseOrderLineRow, PurchaseOrderRow,
    PurchaseOrderState,
};
use super::steps::locked;
use super::{lines, query};
use crate::dealer::numbering;
use crate::dealer::purchasing::suppliers::actions::SupplierAction;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::purchasing::suppliers::service as suppliers;
use crate::dealer::stock::warehouses::model::{WarehouseId, WarehouseKind};
use crate::dealer::stock::warehouses::service as warehouses;
use crate::error::{AppError, AppResult, ErrorCode, ServiceResult, UserError};
use crate::graphql::payload::given_text;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Writes a purchase order down.
pub async fn create(
    tx: &mut TenantTx,
    input: PurchaseOrderCreateInput,
) -> ServiceResult<PurchaseOrderRow> {
    let mut checks = Checks::default();
    let reference = input.reference.as_deref();
    let reference = checks.optional_text(&["input", "reference"], reference, 100);
    let note = checks.optional_text(&["input", "note"], input.note.as_deref(), 500);
    lines::check(&mut checks, &input.lines);
    checks.finish()?;
    let path = ["input", "supplierId"];
    suppliers::in_use(tx, (input.supplier_id, &path), SupplierAction::OrderCreate).await?;
    for_goods(tx, input.warehouse_id).await?;
    let draft = PurchaseOrderRow {
        reference,
        note,
        ..draft(tx, input.supplier_id, input.warehouse_id)
    };
    let lines = lines::rows(tx, (draft.id, draft.supplier_id), &input.lines).await?;
    let made = add(tx, vec![draft], lines).await?.pop();
    Ok(made.ok_or_else(|| AppError::internal("an order of nothing"))?)
}

/// Changes a draft.
pub async fn update(
    tx: &mut TenantTx,
    input: PurchaseOrderUpdateInput,
) -> ServiceResult<PurchaseOrderRow> {
    let mut checks = Checks::default();
    let mut text =
        |field: &'static str, value, max| given_text(&mut checks, &["input", field], value, max);
    let reference = text("reference", input.reference, 100);
    let note = text("note", input.note, 500);
    if let Some(lines) = &input.lines {
        lines::check(&mut checks, lines);
    }
    checks.finish()?;
    let key = (input.id, Some(input.expected_version));
    let order = locked(tx, key, (Action::Update, "id")).await?;
    if let Some(warehouse) = input.warehouse_id {
        for_goods(tx, warehouse).await?;
    }
    if let Some(lines) = &input.lines {
        let rows = lines::rows(tx, (order.id, order.supplier_id), lines).await?;
        query::replace_lines(tx, order.id, rows).await?;
    }
    let changes = PurchaseOrderChanges {
        warehouse_id: input.warehouse_id,
        reference,
        note,
        ..PurchaseOrderChanges::none(tx.now())
    };
    let row = query::update(tx, order.id, changes).await?;
    tx.emit(&PurchaseOrderUpdated((&row).into()));
    Ok(row)
}

/// A draft without a number yet.
pub fn draft(tx: &TenantTx, supplier: SupplierId, warehouse: WarehouseId) -> PurchaseOrderRow {
    let now = tx.now();
    PurchaseOrderRow {
        id: PurchaseOrderId::generate(),
        number: 0,
        supplier_id: supplier,
        warehouse_id: warehouse,
        state: PurchaseOrderState::Draft,
        currency: tx.context().dealer().currency.clone(),
        reference: None,
        note: None,
        sent_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Gives drafts their numbers and writes them down with their lines: as many statements for
/// one as for many.
pub async fn add(
    tx: &mut TenantTx,
    mut drafts: Vec<PurchaseOrderRow>,
    lines: Vec<PurchaseOrderLineRow>,
) -> AppResult<Vec<PurchaseOrderRow>> {
    let count = i64::try_from(drafts.len()).map_err(AppError::internal)?;
    if count == 0 {
        return Ok(drafts);
    }
    let first = numbering::next_many(tx, PurchaseOrderId::PREFIX, count).await?;
    for (number, row) in (first..).zip(&mut drafts) {
        row.number = number;
    }
    query::insert(tx, &drafts, lines)
        .await
        .map_err(crate::db::error::DbError::from)?;
    for row in &drafts {
        tx.emit(&PurchaseOrderCreated(row.into()));
    }
    Ok(drafts)
}

/// Refuses a warehouse to which no supplier brings goods.
async fn for_goods(tx: &mut TenantTx, id: WarehouseId) -> ServiceResult<()> {
    let path = ["input", "warehouseId"];
    let warehouse = warehouses::in_use(tx, id, &path).await?;
    if warehouse.kind == WarehouseKind::Transit {
        let message = "goods lie there while they are on their way, and no longer";
        return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
    }
    Ok(())
}
