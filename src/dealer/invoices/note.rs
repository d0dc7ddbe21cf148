//! Credit notes as rows, posted at once, and settled with what they correct.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};

use super::bill::{Orders, sums};
use super::draft::draft;
use super::ground::{Ground, Part};
use super::model::{InvoiceId, InvoiceKind, InvoiceLineId, InvoiceLineRow, InvoiceRow};
use super::post::numbered;
use super::posted::posted;
use super::query;
use crate::dealer::accounts::allocate::allocate_to;
use crate::dealer::accounts::input::AccountDebtInput;
use crate::dealer::accounts::model::EntryId;
use crate::dealer::accounts::open;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerRow;
use crate::dealer::orders::fulfil;
use crate::error::{AppError, AppResult, ServiceResult};
use crate::graphql::scalars;
use crate::kernel::quantity::MOST_DECIMALS;
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// A credit note to write.
pub(super) struct Note<'a> {
    /// Whose it is; locked.
    pub(super) buyer: &'a CustomerRow,
    /// The job that it is for.
    pub(super) job: Option<JobId>,
    /// Why.
    pub(super) reason: String,
    /// In the words of whoever writes it.
    pub(super) remark: Option<String>,
    /// The orders that can be billed once more for what is credited; locked.
    pub(super) rebilled: Option<Orders>,
    /// What is credited.
    pub(super) parts: Vec<Part>,
}

/// Writes and posts a credit note, and settles its invoices with it as far as they are open.
pub(super) async fn write(
    tx: &mut TenantTx,
    ground: &mut Ground,
    mut note: Note<'_>,
) -> ServiceResult<InvoiceRow> {
    ground.tax(&mut note.parts)?;
    let only = note.only();
    let row = InvoiceRow {
        kind: InvoiceKind::CreditNote,
        job_id: note.job,
        credits_id: only,
        reference: only.and_then(|id| ground.invoices.get(&id)?.reference.clone()),
        reason: Some(note.reason.clone()),
        note: note.remark.clone(),
        ..draft(tx, note.buyer)
    };
    let lines = lines(&row, &note)?;
    let (net, tax) = sums(&lines).map_err(AppError::internal)?;
    let row = InvoiceRow {
        // It is new, and nobody has seen a version before.
        version: 0,
        net,
        tax,
        ..row
    };
    if let Some(mut orders) = note.rebilled {
        take_back(&mut orders, &lines);
        fulfil::store(tx, orders).await?;
    }
    let mut row = numbered(tx, row).await?;
    settle(tx, ground, (&row, &lines)).await?;
    // What is settled from here on is settled after the posting, for the paper.
    row.posted_at = Some(tx.now());
    query::insert(tx, vec![row.clone()], lines.clone()).await?;
    posted(tx, &row, &lines).await?;
    Ok(row)
}

impl Note<'_> {
    /// The invoice that it corrects, if it corrects one only.
    fn only(&self) -> Option<InvoiceId> {
        let mut of = self.parts.iter().map(|part| part.invoice);
        let first = of.next()?;
        of.all(|id| id == first).then_some(first)
    }
}

/// Takes what is credited off what is billed of orders.
fn take_back(orders: &mut Orders, lines: &[InvoiceLineRow]) {
    for line in lines.iter().filter(|line| line.is_rebilled) {
        let of = line.order_line_id;
        let found = orders
            .values_mut()
            .find_map(|order| of.and_then(|id| order.line_mut(id)));
        if let Some(of) = found {
            of.invoiced -= line.quantity;
            of.invoiced_net -= line.net;
            of.invoiced_tax -= line.tax;
        }
    }
}

/// Settles the invoices that a credit note corrects, as far as they are open.
async fn settle(
    tx: &mut TenantTx,
    ground: &Ground,
    (row, lines): (&InvoiceRow, &[InvoiceLineRow]),
) -> ServiceResult<()> {
    let Some(credit) = row.entry_id else {
        return Ok(());
    };
    let mut given: BTreeMap<EntryId, Decimal> = BTreeMap::new();
    for line in lines {
        let invoice = line.credits_id.and_then(|id| ground.invoices.get(&id));
        if let Some(entry) = invoice.and_then(|invoice| invoice.entry_id) {
            *given.entry(entry).or_default() += line.net + line.tax;
        }
    }
    let entries: Vec<EntryId> = given.keys().copied().collect();
    let items = open::items(tx, &entries).await?;
    let debts = items.iter().filter_map(|item| {
        let amount = item.open().min(*given.get(&item.entry_id)?);
        (amount > Decimal::ZERO).then_some(AccountDebtInput {
            entry_id: item.entry_id,
            amount: scalars::Decimal(amount),
        })
    });
    let debts: Vec<_> = debts.collect();
    if !debts.is_empty() {
        allocate_to(tx, credit, Some(debts)).await?;
    }
    Ok(())
}

fn lines(row: &InvoiceRow, note: &Note<'_>) -> AppResult<Vec<InvoiceLineRow>> {
    let parts = note.parts.iter().enumerate();
    parts
        .map(|(position, part)| {
            let position = i32::try_from(position).unwrap_or(i32::MAX);
            let line = match &part.of {
                Some(of) => of_line(of, part, note.rebilled.is_some())?,
                None => of_rate(note, part),
            };
            Ok(InvoiceLineRow {
                id: InvoiceLineId::generate(),
                invoice_id: row.id,
                position,
                is_posted: true,
                ..line
            })
        })
        .collect()
}

/// Credits a line.
fn of_line(of: &InvoiceLineRow, part: &Part, is_rebilled: bool) -> AppResult<InvoiceLineRow> {
    let is_rebilled = is_rebilled && !part.quantity.is_zero();
    let back = Ratio::new(of.num, of.den)
        .map_err(AppError::internal)?
        .inverse();
    let half = RoundingStrategy::MidpointAwayFromZero;
    let unit_quantity = back.to_base_rounded(part.quantity, MOST_DECIMALS, half);
    let cost = of.cost.and_then(|cost| {
        let sound = part.quantity - part.lost;
        let cost = cost.checked_mul(sound)?.checked_div(of.quantity)?;
        Some(cost.round_dp(4))
    });
    Ok(InvoiceLineRow {
        delivery_line_id: of.delivery_line_id.filter(|_| is_rebilled),
        credits_id: Some(of.invoice_id),
        credits_line_id: Some(of.id),
        unit_quantity: unit_quantity.map_err(AppError::internal)?,
        quantity: part.quantity,
        net: part.net,
        tax: part.tax,
        cost,
        is_rebilled,
        ..of.clone()
    })
}

/// Credits an amount at a rate.
fn of_rate(note: &Note<'_>, part: &Part) -> InvoiceLineRow {
    InvoiceLineRow {
        id: InvoiceLineId::generate(),
        invoice_id: part.invoice,
        customer_id: note.buyer.id,
        position: 0,
        is_posted: true,
        order_line_id: None,
        delivery_line_id: None,
        credits_id: Some(part.invoice),
        credits_line_id: None,
        product_id: None,
        description: note.reason.clone(),
        unit_id: None,
        num: 1,
        den: 1,
        unit_quantity: Decimal::ZERO,
        quantity: Decimal::ZERO,
        unit_price: Decimal::ZERO,
        price_unit_id: None,
        price_num: 1,
        price_den: 1,
        discount: Decimal::ZERO,
        net: part.net,
        tax_rate: part.rate,
        tax: part.tax,
        cost: None,
        is_rebilled: false,
    }
}
