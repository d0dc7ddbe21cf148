//! The use case of crediting something of a posted invoice.

use rust_decimal::Decimal;

use super::actions::InvoiceAction;
use super::bill::Orders;
use super::ground::{Ground, NotSo, Part};
use super::input::{CreditAmountInput, CreditLineInput, CreditNoteCreateInput};
use super::model::{InvoiceId, InvoiceLineRow, InvoiceRow};
use super::note::{Note, write};
use super::query;
use crate::dealer::customers::model::CustomerRow;
use crate::dealer::customers::service as customers;
use crate::dealer::orders::fulfil;
use crate::error::{AppError, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::money::digits_of;
use crate::kernel::quantity::MOST_DECIMALS;
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// Most lines and amounts of one call.
const MOST: usize = 1000;

/// Writes and posts a credit note for something of an invoice, or for all that is left of it.
pub async fn create(tx: &mut TenantTx, input: CreditNoteCreateInput) -> ServiceResult<InvoiceRow> {
    let mut checks = Checks::default();
    let reason = checks.text(&["input", "reason"], &input.reason, 1, 200);
    let note = checks.optional_text(&["input", "note"], input.note.as_deref(), 500);
    check(
        &mut checks,
        &input,
        digits_of(&tx.context().dealer().currency),
    );
    checks.finish()?;
    let (buyer, orders) = opened(tx, &input).await?;
    let billed: Vec<_> = orders.keys().copied().collect();
    let mut ground = Ground::of(tx, &[input.invoice_id]).await?;
    let mut parts = parts(&mut ground, &input)?;
    if !input.is_billed_again {
        // The customer keeps the goods, and nobody pays for them any more.
        for part in &mut parts {
            part.lost = part.quantity;
        }
    }
    let of = ground.invoices.get(&input.invoice_id);
    let note = Note {
        buyer: &buyer,
        job: of.and_then(|row| row.job_id),
        reason,
        remark: note,
        rebilled: input.is_billed_again.then_some(orders),
        parts,
    };
    let row = write(tx, &mut ground, note).await?;
    if !input.is_billed_again {
        fulfil::follow_credit(tx, &billed).await?;
    }
    Ok(row)
}

fn check(checks: &mut Checks, input: &CreditNoteCreateInput, digits: u32) {
    let (lines, amounts) = asked(input);
    // None at all is not everything: that is asked for by leaving both out.
    let fits = |count: Option<usize>| count.is_none_or(|count| (1..=MOST).contains(&count));
    let is_right = fits(input.lines.as_ref().map(Vec::len));
    checks.require(is_right, &["input", "lines"], "must have 1 to 1000 lines");
    for (index, line) in lines.iter().take(MOST).enumerate() {
        let index = index.to_string();
        let path = |field: &'static str| ["input", "lines", index.as_str(), field];
        let is_one = line.quantity.is_some() != line.amount.is_some();
        let at = path("quantity");
        checks.require(is_one, &at, "is needed, or else an amount; not both");
        if let Some(quantity) = line.quantity {
            checks.quantity(&at, quantity.0, MOST_DECIMALS);
            checks.require(!quantity.0.is_zero(), &at, "must be above zero");
        }
        if let Some(amount) = line.amount {
            above_zero(checks, &path("amount"), amount.0, digits);
        }
    }
    let is_right = fits(input.amounts.as_ref().map(Vec::len));
    checks.require(
        is_right,
        &["input", "amounts"],
        "must have 1 to 1000 amounts",
    );
    for (index, amount) in amounts.iter().take(MOST).enumerate() {
        let index = index.to_string();
        let path = ["input", "amounts", &index, "net"];
        above_zero(checks, &path, amount.net.0, digits);
    }
}

fn above_zero(checks: &mut Checks, path: &[&str], amount: Decimal, digits: u32) {
    checks.money(path, amount, digits);
    checks.require(!amount.is_zero(), path, "must be above zero");
}

fn asked(input: &CreditNoteCreateInput) -> (&[CreditLineInput], &[CreditAmountInput]) {
    let lines = input.lines.as_deref().unwrap_or_default();
    (lines, input.amounts.as_deref().unwrap_or_default())
}

/// The customer and the orders that the invoice bills, locked. A posted invoice itself can not
/// be.
async fn opened(
    tx: &mut TenantTx,
    input: &CreditNoteCreateInput,
) -> ServiceResult<(CustomerRow, Orders)> {
    let path = ["input", "invoiceId"];
    let row = query::find_many(tx, &[input.invoice_id]).await?.pop();
    let missing = || UserError::at(ErrorCode::NotFound, &path, "there is no such invoice");
    let row = row.ok_or_else(missing)?;
    InvoiceAction::Credit.check(&row, &path)?;
    let lines = query::find_lines(tx, &[row.id]).await?;
    let of: Vec<_> = lines.iter().filter_map(|line| line.order_line_id).collect();
    let orders = fulfil::lock_by_lines(tx, &of).await?;
    let buyer = customers::lock(tx, &[row.customer_id]).await?.pop();
    let buyer = buyer.ok_or_else(|| AppError::internal("a customer has vanished"))?;
    Ok((buyer, orders))
}

/// What is asked for, as parts of a credit note; all that is left if nothing is named.
fn parts(ground: &mut Ground, input: &CreditNoteCreateInput) -> ServiceResult<Vec<Part>> {
    let (lines, amounts) = asked(input);
    if lines.is_empty() && amounts.is_empty() {
        return rest(ground);
    }
    let mut parts = Vec::new();
    for (index, asked) in lines.iter().enumerate() {
        let index = index.to_string();
        let path = |field: &'static str| ["input", "lines", index.as_str(), field];
        parts.push(of_line(ground, asked, path)?);
    }
    for (index, asked) in amounts.iter().enumerate() {
        let index = index.to_string();
        let path = |field: &'static str| ["input", "amounts", index.as_str(), field];
        parts.push(of_rate(ground, input.invoice_id, asked, path)?);
    }
    Ok(parts)
}

fn of_line<'a>(
    ground: &mut Ground,
    asked: &CreditLineInput,
    path: impl Fn(&'static str) -> [&'a str; 4],
) -> ServiceResult<Part> {
    let line = ground.lines.iter().find(|line| line.id == asked.line_id);
    let missing = || {
        let message = "the invoice has no such line";
        UserError::at(ErrorCode::NotFound, &path("lineId"), message)
    };
    let line = line.ok_or_else(missing)?.clone();
    if let Some(amount) = asked.amount {
        let at = path("amount");
        let part = ground.by_amount(&line, amount.0);
        return part.map_err(|why| refused(why, &at));
    }
    let at = path("quantity");
    let quantity = asked.quantity.map_or(Decimal::ZERO, |quantity| quantity.0);
    let Some(base) = in_base(&line, quantity) else {
        let message = "is no whole number of millionths of the base unit";
        return Err(UserError::at(ErrorCode::BadUserInput, &at, message).into());
    };
    let part = ground.by_quantity(&line, base, Decimal::ZERO);
    part.map_err(|why| refused(why, &at))
}

fn of_rate<'a>(
    ground: &mut Ground,
    id: InvoiceId,
    asked: &CreditAmountInput,
    path: impl Fn(&'static str) -> [&'a str; 4],
) -> ServiceResult<Part> {
    let rate = ground.rates(id).find(|rate| *rate == asked.tax_rate.0);
    let missing = || {
        let message = "the invoice bills nothing at this rate";
        UserError::at(ErrorCode::NotFound, &path("taxRate"), message)
    };
    let rate = rate.ok_or_else(missing)?;
    let at = path("net");
    let part = ground.by_rate(id, rate, asked.net.0);
    part.map_err(|why| refused(why, &at))
}

/// So many of a line's unit in base units; none if that is not exact.
fn in_base(line: &InvoiceLineRow, quantity: Decimal) -> Option<Decimal> {
    if quantity == line.unit_quantity {
        return Some(line.quantity);
    }
    let factor = Ratio::new(line.num, line.den).ok()?;
    let base = factor.to_base(quantity).ok()?;
    (base.scale() <= MOST_DECIMALS).then_some(base)
}

fn refused(why: NotSo, path: &[&str]) -> Refusal {
    match why {
        NotSo::Money(error) => AppError::internal(error).into(),
        NotSo::TooMuch(most) => {
            let message = "is more than was billed and is not credited";
            UserError::at(ErrorCode::NotAllowed, path, message)
                .with_detail("left", &most.normalize())
                .into()
        }
    }
}

/// All that is left of an invoice.
fn rest(ground: &mut Ground) -> ServiceResult<Vec<Part>> {
    let path = ["input", "invoiceId"];
    let mut parts = Vec::new();
    for line in ground.lines.clone() {
        let quantity = ground.quantity_left(&line);
        let part = if quantity > Decimal::ZERO {
            ground.by_quantity(&line, quantity, Decimal::ZERO)
        } else if ground.net_left(&line) > Decimal::ZERO {
            ground.by_amount(&line, ground.net_left(&line))
        } else {
            continue;
        };
        parts.push(part.map_err(|why| refused(why, &path))?);
    }
    if parts.is_empty() {
        let message = "nothing of the invoice is left to credit";
        return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
    }
    Ok(parts)
}
