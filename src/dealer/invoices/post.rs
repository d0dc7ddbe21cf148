//! The use case of posting an invoice.
//!
//! All that may be waited for comes first: customer, orders, draft. The number comes last,
//! since its series is held until the COMMIT; an invoice that is undone gives it back.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::actions::InvoiceAction;
use super::bill::{Left, Orders, assess, sums};
use super::change::{Opened, open};
use super::draft::billed_to;
use super::input::InvoiceStepInput;
use super::model::{
    InvoiceId, InvoiceKind, InvoiceLineId, InvoiceLineRow, InvoiceRow, InvoiceState,
};
use super::posted::posted;
use super::query;
use super::settings::query as settings;
use crate::dealer::accounts::model::{EntryKind, EntryRow};
use crate::dealer::accounts::post::{Place, Posting, post as enter};
use crate::dealer::calendar;
use crate::dealer::credit::check::Buyer;
use crate::dealer::credit::verdict::CreditPoint;
use crate::dealer::customers::service as customers;
use crate::dealer::numbering;
use crate::dealer::orders::model::OrderLineId;
use crate::dealer::orders::{credit, fulfil};
use crate::dealer::payments::deposits::settle_deposits;
use crate::error::{AppError, ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// The series of credit notes; that of invoices is named by their ids.
const CREDIT_NOTES: &str = "ivc.credit_note";

/// Posts a draft to its customer's account. The number of statements does not grow with its
/// lines.
pub async fn post(tx: &mut TenantTx, input: InvoiceStepInput) -> ServiceResult<InvoiceRow> {
    let key = (input.id, input.expected_version);
    let draft = open(tx, key, InvoiceAction::Post).await?;
    let Opened {
        row,
        mut lines,
        mut orders,
    } = draft;
    check_left(tx, &orders, &lines).await?;
    assess(&mut orders, &mut lines)?;
    let buyer = customers::lock(tx, &[row.customer_id]).await?.pop();
    let buyer = buyer.ok_or_else(|| AppError::internal("a customer has vanished"))?;
    let mut row = billed_to(row, &buyer);
    (row.net, row.tax) = sums(&lines).map_err(AppError::internal)?;
    let billed: Vec<_> = orders.keys().copied().collect();
    // First the orders, so that what is billed now is not delivered and owed at once.
    fulfil::store(tx, orders).await?;
    check_credit(tx, &row).await?;
    let mut row = numbered(tx, row).await?;
    if let Some(entry) = row.entry_id {
        settle_deposits(tx, &billed, entry).await?;
    }
    // What is settled from here on is settled after the posting, for the paper.
    row.posted_at = Some(tx.now());
    for line in &mut lines {
        line.is_posted = true;
    }
    query::store_lines(tx, lines.clone()).await?;
    query::post(tx, &row).await?;
    posted(tx, &row, &lines).await?;
    Ok(row)
}

/// Gives an invoice or credit note its number, date and entry in the account of its customer,
/// who is locked. Nothing is waited for behind this.
pub(super) async fn numbered(tx: &mut TenantTx, row: InvoiceRow) -> ServiceResult<InvoiceRow> {
    let today = calendar::today(tx).await?;
    let (series, kind, sign) = match row.kind {
        InvoiceKind::Invoice => (InvoiceId::PREFIX, EntryKind::Invoice, Decimal::ONE),
        InvoiceKind::CreditNote => (CREDIT_NOTES, EntryKind::CreditNote, Decimal::NEGATIVE_ONE),
    };
    let number = numbering::next(tx, series).await?;
    // Whoever has waited over midnight is not dated before the number that he follows.
    let last = query::last_issued(tx, row.kind).await?;
    let today = last.map_or(today, |last| today.max(last));
    let posting = Posting {
        customer: row.customer_id,
        job: row.job_id,
        kind,
        reference: Some(number.to_string()),
        note: None,
        amount: row.gross() * sign,
        document_on: today,
        due_on: None,
        source: Some(row.id.uuid()),
        reverses: None,
    };
    let entry = entered(tx, posting).await?;
    let settings = settings::current(tx).await?;
    Ok(InvoiceRow {
        settings_id: settings.map(|settings| settings.id),
        state: InvoiceState::Posted,
        number: Some(number),
        issued_on: Some(today),
        due_on: Some(entry.as_ref().map_or(today, |entry| entry.due_on)),
        entry_id: entry.map(|entry| entry.id),
        posted_by: tx.context().principal().map(|user| user.user().uuid()),
        posted_at: Some(tx.now()),
        version: row.version + 1,
        updated_at: row.updated_at.max(tx.now()),
        ..row
    })
}

/// The entry in the account; none for nothing.
async fn entered(tx: &mut TenantTx, posting: Posting) -> ServiceResult<Option<EntryRow>> {
    if posting.amount.is_zero() {
        return Ok(None);
    }
    Ok(enter(tx, vec![posting], Place::Input).await?.pop())
}

/// Refuses a draft that bills more than is left: since it was written goods may have come
/// back, or been given up.
async fn check_left(
    tx: &mut TenantTx,
    orders: &Orders,
    lines: &[InvoiceLineRow],
) -> ServiceResult<()> {
    let left = Left::of(tx, orders).await?.without(lines);
    let mut asked: HashMap<OrderLineId, (Decimal, InvoiceLineId)> = HashMap::new();
    for line in lines {
        let Some(of) = line.order_line_id else {
            continue;
        };
        asked.entry(of).or_insert((Decimal::ZERO, line.id)).0 += line.quantity;
    }
    for line in orders.values().flat_map(|order| &order.lines) {
        let Some((quantity, id)) = asked.get(&line.id) else {
            continue;
        };
        let most = left.wanted(line);
        if *quantity > most {
            let message = "of a line less is left to bill than it says; drop it, or discard the \
                           invoice and write it anew";
            let error = UserError::at(ErrorCode::NotAllowed, &["input", "id"], message)
                .with_detail("lineId", id)
                .with_detail("left", &most.normalize());
            return Err(error.into());
        }
    }
    Ok(())
}

async fn check_credit(tx: &mut TenantTx, row: &InvoiceRow) -> ServiceResult<()> {
    let buyer = Buyer {
        customer: row.customer_id,
        job: row.job_id,
    };
    let sale = (buyer, row.gross());
    credit::check(tx, sale, CreditPoint::Invoice, &["input", "id"]).await
}
