//! The use case of changing an order that is confirmed.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::actions::OrderAction as Action;
use super::confirm::buyer;
use super::credit;
use super::drafting::parts;
use super::events::{OrderAmended, OrderFacts};
use super::fulfil::LockedOrder;
use super::input::{OrderAmendInput, OrderLineQuantityInput};
use super::model::{OrderLineId, OrderLineRow, OrderRow, OrderSourcing};
use super::price::{check_one, priced};
use super::progress::totals_of;
use super::promise::{Turn, turn};
use super::service::{for_buyer, refuse_unsold, refuse_warehouses, rows};
use super::steps::{locked, stored};
use crate::dealer::catalog::quantity::{Asked, Measures};
use crate::dealer::credit::verdict::CreditPoint;
use crate::dealer::stock::adjust::service::MOST_LINES;
use crate::error::{AppError, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::money::{digits_of, line_net};
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// Changes what is wanted of an order: its goods are promised anew, and the customer's credit is
/// looked at for what it comes to more; or nothing of that.
pub async fn amend(tx: &mut TenantTx, input: OrderAmendInput) -> ServiceResult<OrderRow> {
    check(&input)?;
    let key = (input.id, input.expected_version);
    let mut order = locked(tx, key, Action::Amend).await?;
    let before = order.row.net + order.row.tax;
    let mut turns = requantify(tx, &mut order, &input.quantities).await?;
    turns.extend(drop_lines(&mut order, &input.drop_line_ids)?);
    turns.extend(add(tx, &mut order, &input).await?);
    let more = gross(&order)? - before;
    if more > Decimal::ZERO {
        let row = &order.row;
        for_buyer(tx, (row.customer_id, row.job_id), ("id", "id")).await?;
        let sale = (buyer(row), more);
        credit::check(tx, sale, CreditPoint::Order, &["input", "id"]).await?;
    }
    turn(tx, &mut order.lines, &turns).await?;
    refuse_unsold(tx, &order.lines, &["input", "id"]).await?;
    let (row, lines) = stored(tx, order).await?;
    tx.emit(&OrderAmended(OrderFacts::of(&row, &lines)));
    Ok(row)
}

/// Refuses what is wrong with an input by itself.
fn check(input: &OrderAmendInput) -> ServiceResult<()> {
    let mut checks = Checks::default();
    let count = input.quantities.len() + input.drop_line_ids.len() + input.lines.len();
    let fits = (1..=MOST_LINES).contains(&count);
    checks.require(fits, &["input"], "must change 1 to 200 lines");
    let mut known = BTreeSet::new();
    let quantities = input.quantities.iter().enumerate();
    for (index, one) in quantities.take(MOST_LINES) {
        let path = ["input", "quantities", &index.to_string(), "lineId"];
        checks.require(known.insert(one.line_id), &path, "is listed twice");
    }
    for (index, id) in input.drop_line_ids.iter().take(MOST_LINES).enumerate() {
        let path = ["input", "dropLineIds", &index.to_string()];
        checks.require(known.insert(*id), &path, "is listed twice");
    }
    for (index, line) in input.lines.iter().take(MOST_LINES).enumerate() {
        check_one(&mut checks, index, &line.sale);
    }
    Ok(checks.finish()?)
}

/// Sets how much is wanted of lines; what becomes of their goods.
async fn requantify(
    tx: &mut TenantTx,
    order: &mut LockedOrder,
    quantities: &[OrderLineQuantityInput],
) -> ServiceResult<Vec<Turn>> {
    if quantities.is_empty() {
        return Ok(Vec::new());
    }
    let products: Vec<_> = order.lines.iter().map(|line| line.product_id).collect();
    let measures = Measures::of(tx, &products).await?;
    let digits = digits_of(&order.row.currency);
    let (mut turns, mut refused) = (Vec::new(), Vec::new());
    for (at, wanted) in quantities.iter().enumerate() {
        match requantified(order, (at, wanted), &measures, digits) {
            Ok(turn) => turns.push(turn),
            Err(error) => refused.push(error),
        }
    }
    if refused.is_empty() {
        Ok(turns)
    } else {
        Err(Refusal::User(refused))
    }
}

fn requantified(
    order: &mut LockedOrder,
    (at, wanted): (usize, &OrderLineQuantityInput),
    measures: &Measures,
    digits: u32,
) -> Result<Turn, UserError> {
    let at = at.to_string();
    let (at_line, path) = (
        ["input", "quantities", at.as_str(), "lineId"],
        ["input", "quantities", at.as_str(), "quantity"],
    );
    let (index, line) = line_of(order, wanted.line_id, &at_line)?;
    let asked = measures.asked((line.product_id, &at_line), (&wanted.quantity, &path))?;
    // What went beyond the order by its weight is promised no more.
    let gone = line.delivered + line.planned;
    let by = asked.amount.base - line.wanted().max(gone);
    fits(line, (asked.amount.base, by), &path)?;
    let factor = measures.measure(line.product_id, asked.unit);
    put(
        line,
        asked,
        factor.map_or(Ratio::ONE, |measure| measure.factor),
    );
    let per = Ratio::new(line.price_num, line.price_den);
    let net = per
        .map_err(|error| error.to_string())
        .and_then(|per| {
            let price = (line.unit_price, per);
            let net = line_net(price, line.quantity, line.discount, digits);
            net.map_err(|error| error.to_string())
        })
        .map_err(|error| UserError::at(ErrorCode::BadUserInput, &path, error))?;
    line.net = net;
    let path = path.map(str::to_owned).into();
    Ok(Turn { index, by, path })
}

/// Refuses less than something has happened to, and more of what is bought already.
fn fits(
    line: &OrderLineRow,
    (wanted, by): (Decimal, Decimal),
    path: &[&str],
) -> Result<(), UserError> {
    let least = (line.delivered + line.planned).max(line.invoiced);
    if wanted < least {
        let least = least.normalize();
        let message = format!("{least} are planned, delivered or invoiced already");
        let error = UserError::at(ErrorCode::NotAllowed, path, message);
        return Err(error.with_detail("least", &least));
    }
    let is_bought = line.sourcing == OrderSourcing::Special && line.purchase_line_id.is_some();
    if is_bought && by > Decimal::ZERO {
        let message = "it is ordered of a supplier already; add a line for more of it";
        return Err(UserError::at(ErrorCode::NotAllowed, path, message));
    }
    Ok(())
}

/// What was given up of the line before is forgotten: it is wanted anew.
fn put(line: &mut OrderLineRow, asked: Asked, factor: Ratio) {
    line.unit_id = asked.unit;
    (line.num, line.den) = (factor.num(), factor.den());
    line.unit_quantity = asked.amount.value;
    line.quantity = asked.amount.base;
    line.cancelled = Decimal::ZERO;
}

fn line_of<'a>(
    order: &'a mut LockedOrder,
    id: OrderLineId,
    path: &[&str],
) -> Result<(usize, &'a mut OrderLineRow), UserError> {
    let mut lines = order.lines.iter_mut().enumerate();
    let found = lines.find(|(_, line)| line.id == id);
    found.ok_or_else(|| UserError::at(ErrorCode::NotFound, path, "is no line of this order"))
}

/// Lines of which nothing is wanted any more.
fn drop_lines(order: &mut LockedOrder, ids: &[OrderLineId]) -> ServiceResult<Vec<Turn>> {
    let (mut turns, mut refused) = (Vec::new(), Vec::new());
    for (at, id) in ids.iter().enumerate() {
        match dropped(order, (at, *id)) {
            Ok(turn) => turns.push(turn),
            Err(error) => refused.push(error),
        }
    }
    if refused.is_empty() {
        Ok(turns)
    } else {
        Err(Refusal::User(refused))
    }
}

fn dropped(order: &mut LockedOrder, (at, id): (usize, OrderLineId)) -> Result<Turn, UserError> {
    let at = at.to_string();
    let path = ["input", "dropLineIds", at.as_str()];
    let (index, line) = line_of(order, id, &path)?;
    let by = line.wanted();
    if by <= Decimal::ZERO || line.to_cancel() < by {
        let message = "nothing is left of it, or some is planned, delivered or invoiced";
        return Err(UserError::at(ErrorCode::NotAllowed, &path, message));
    }
    line.cancelled = line.quantity;
    let path = path.map(str::to_owned).into();
    Ok(Turn {
        index,
        by: -by,
        path,
    })
}

/// Lines that come to the order.
async fn add(
    tx: &mut TenantTx,
    order: &mut LockedOrder,
    input: &OrderAmendInput,
) -> ServiceResult<Vec<Turn>> {
    if input.lines.is_empty() {
        return Ok(Vec::new());
    }
    let first = order.lines.len();
    if first + input.lines.len() > MOST_LINES {
        let message = "the order would have more than 200 lines";
        return Err(UserError::at(ErrorCode::BadUserInput, &["input", "lines"], message).into());
    }
    let row = &order.row;
    let (sales, chosen) = parts(&input.lines);
    let lines = priced(tx, (row.customer_id, row.job_id), &sales).await?;
    refuse_warehouses(tx, row.warehouse_id, &lines).await?;
    let last = order.lines.last().map_or(-1, |line| line.position);
    let added = rows(
        (row.id, row.customer_id),
        row.warehouse_id,
        (lines, &chosen),
    )?;
    let mut turns = Vec::new();
    for (at, mut line) in added.into_iter().enumerate() {
        line.position += last + 1;
        let path = ["input", "lines", &at.to_string(), "quantity"];
        turns.push(Turn {
            index: first + at,
            by: line.quantity,
            path: path.map(str::to_owned).into(),
        });
        order.lines.push(line);
    }
    Ok(turns)
}

fn gross(order: &LockedOrder) -> ServiceResult<Decimal> {
    let totals = totals_of(&order.lines, &order.row.currency);
    Ok(totals.map_err(AppError::internal)?.gross)
}
