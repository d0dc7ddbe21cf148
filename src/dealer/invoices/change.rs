//! Use cases of invoices: changing drafts, and throwing them away.

use super::actions::InvoiceAction as Action;
use super::bill::{Orders, assess, sums};
use super::events::{InvoiceDiscarded, InvoiceUpdated};
use super::input::{InvoiceStepInput, InvoiceUpdateInput};
use super::model::{InvoiceChanges, InvoiceId, InvoiceLineId, InvoiceLineRow, InvoiceRow};
use super::query;
use crate::dealer::orders::fulfil;
use crate::dealer::orders::model::OrderLineId;
use crate::error::{AppError, ErrorCode, ServiceResult, UserError};
use crate::graphql::payload::given_text;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Changes a draft.
pub async fn update(tx: &mut TenantTx, input: InvoiceUpdateInput) -> ServiceResult<InvoiceRow> {
    let mut checks = Checks::default();
    let mut text =
        |field: &'static str, value, max| given_text(&mut checks, &["input", field], value, max);
    let mut changes = InvoiceChanges {
        reference: text("reference", input.reference, 100),
        note: text("note", input.note, 500),
        ..InvoiceChanges::none(tx.now())
    };
    checks.finish()?;
    let key = (input.id, input.expected_version);
    match input.drop_line_ids {
        Some(gone) => {
            let sums = drop_lines(tx, key, &gone).await?;
            (changes.net, changes.tax) = (Some(sums.0), Some(sums.1));
        }
        None => {
            locked(tx, key, Action::Update).await?;
        }
    }
    let row = query::update(tx, input.id, changes).await?;
    tx.emit(&InvoiceUpdated((&row).into()));
    Ok(row)
}

/// Throws a draft away: what it billed can be billed by another.
pub async fn discard(tx: &mut TenantTx, input: InvoiceStepInput) -> ServiceResult<InvoiceRow> {
    let row = locked(tx, (input.id, input.expected_version), Action::Discard).await?;
    query::delete(tx, row.id).await?;
    tx.emit(&InvoiceDiscarded((&row).into()));
    Ok(row)
}

/// A draft that nobody else changes, with the orders that it bills.
pub(super) struct Opened {
    pub(super) row: InvoiceRow,
    pub(super) lines: Vec<InvoiceLineRow>,
    pub(super) orders: Orders,
}

/// Opens a draft: locks the customer, the orders that it bills, and it. The number of
/// statements does not grow with its lines.
pub(super) async fn open(
    tx: &mut TenantTx,
    (id, version): (InvoiceId, i32),
    action: Action,
) -> ServiceResult<Opened> {
    let lines = query::find_lines(tx, &[id]).await?;
    let of: Vec<OrderLineId> = lines.iter().filter_map(|line| line.order_line_id).collect();
    let orders = fulfil::lock_by_lines(tx, &of).await?;
    let row = locked(tx, (id, version), action).await?;
    // Before the locks they may have been other ones.
    let lines = query::find_lines(tx, &[id]).await?;
    Ok(Opened { row, lines, orders })
}

/// The draft, locked. What is posted can not be, and is named as what it is.
async fn locked(
    tx: &mut TenantTx,
    (id, version): (InvoiceId, i32),
    action: Action,
) -> ServiceResult<InvoiceRow> {
    let path = ["input", "id"];
    let Some(row) = query::lock(tx, id).await? else {
        let posted = query::find_many(tx, &[id]).await?.pop();
        let missing = || UserError::at(ErrorCode::NotFound, &path, "there is no such invoice");
        action.check(&posted.ok_or_else(missing)?, &path)?;
        return Err(AppError::internal("a draft can not be locked").into());
    };
    if row.version != version {
        let message = "the record has changed since it was read; read it again";
        let path = ["input", "expectedVersion"];
        return Err(UserError::at(ErrorCode::Conflict, &path, message).into());
    }
    action.check(&row, &path)?;
    Ok(row)
}

/// Takes lines off a draft, and writes what the others come to; gives net and tax.
async fn drop_lines(
    tx: &mut TenantTx,
    key: (InvoiceId, i32),
    gone: &[InvoiceLineId],
) -> ServiceResult<(rust_decimal::Decimal, rust_decimal::Decimal)> {
    let mut draft = open(tx, key, Action::Update).await?;
    for (index, id) in gone.iter().enumerate() {
        if !draft.lines.iter().any(|line| line.id == *id) {
            let path = ["input", "dropLineIds", &index.to_string()];
            let message = "the invoice has no such line";
            return Err(UserError::at(ErrorCode::NotFound, &path, message).into());
        }
    }
    draft.lines.retain(|line| !gone.contains(&line.id));
    if draft.lines.is_empty() {
        let message = "must leave a line; discard the invoice instead";
        let path = ["input", "dropLineIds"];
        return Err(UserError::at(ErrorCode::BadUserInput, &path, message).into());
    }
    query::drop_lines(tx, gone).await?;
    assess(&mut draft.orders, &mut draft.lines)?;
    let sums = sums(&draft.lines).map_err(AppError::internal)?;
    query::store_lines(tx, draft.lines).await?;
    Ok(sums)
}
