//! Use cases of invoices: writing drafts of what was delivered or ordered.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::bill::{Left, Orders};
use super::delivered::{self, cost_of};
use super::draft::{Plan, Want, write};
use super::input::{InvoiceBasis, InvoiceFromDeliveriesInput, InvoiceFromOrderInput, InvoiceScope};
use super::model::InvoiceRow;
use super::query;
use crate::dealer::deliveries::billing;
use crate::dealer::deliveries::model::{
    DeliveryId, DeliveryLineId, DeliveryLineRow, DeliveryState,
};
use crate::dealer::orders::fulfil::{self, LockedOrder};
use crate::dealer::orders::model::{OrderId, OrderLineId, OrderLineRow, OrderSourcing, OrderState};
use crate::error::{AppError, ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Most deliveries of one call.
const MOST: usize = 100;

/// Writes drafts of what deliveries brought and nobody has billed: one for each customer, or
/// for each of its jobs.
pub async fn deliveries(
    tx: &mut TenantTx,
    input: InvoiceFromDeliveriesInput,
) -> ServiceResult<Vec<InvoiceRow>> {
    let mut checks = Checks::default();
    let ids = distinct(&input.delivery_ids);
    let is_right = (1..=MOST).contains(&input.delivery_ids.len());
    let path = ["input", "deliveryIds"];
    checks.require(is_right, &path, "must be 1 to 100 deliveries");
    let is_once = ids.len() == input.delivery_ids.len();
    checks.require(is_once, &path, "must name each delivery once");
    let reference = input.reference.as_deref();
    let reference = checks.optional_text(&["input", "reference"], reference, 100);
    let note = checks.optional_text(&["input", "note"], input.note.as_deref(), 500);
    checks.finish()?;
    let of = of_deliveries(tx, &input.delivery_ids).await?;
    let orders = fulfil::lock(tx, &of).await?;
    let lines = delivered::lines(tx, &input.delivery_ids).await?;
    let left = Left::of(tx, &orders).await?;
    let of_line: HashMap<_, _> = lines
        .iter()
        .map(|line| (line.id, line.delivery_id))
        .collect();
    let wants = brought(tx, (&orders, &left), lines).await?;
    refuse_billed(&input.delivery_ids, &of_line, &wants)?;
    let plan = Plan {
        orders,
        wants,
        by_job: input.scope == InvoiceScope::Job,
        reference,
        note,
    };
    write(tx, plan, &path).await
}

/// Writes a draft of what of an order is delivered and not billed, or of all that is not.
pub async fn order(tx: &mut TenantTx, input: InvoiceFromOrderInput) -> ServiceResult<InvoiceRow> {
    let mut checks = Checks::default();
    let reference = input.reference.as_deref();
    let reference = checks.optional_text(&["input", "reference"], reference, 100);
    let note = checks.optional_text(&["input", "note"], input.note.as_deref(), 500);
    checks.finish()?;
    let path = ["input", "orderId"];
    let orders = fulfil::lock(tx, &[input.order_id]).await?;
    let order = orders.get(&input.order_id);
    let missing = || UserError::at(ErrorCode::NotFound, &path, "there is no such order");
    let order = order.ok_or_else(missing)?;
    if !matches!(order.row.state, OrderState::Confirmed | OrderState::Closed) {
        let message = "only an order that is confirmed is billed";
        return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
    }
    let reference = reference.or_else(|| order.row.reference.clone());
    let left = Left::of(tx, &orders).await?;
    let lines = delivered::lines_of_order(tx, input.order_id).await?;
    let mut wants = brought(tx, (&orders, &left), lines).await?;
    let rest = rest(order, &wants, |line| match input.basis {
        InvoiceBasis::Delivered if line.sourcing != OrderSourcing::None => left.delivered(line),
        _ => left.wanted(line),
    });
    wants.extend(rest);
    let plan = Plan {
        orders,
        wants,
        by_job: false,
        reference,
        note,
    };
    let made = write(tx, plan, &path).await?.pop();
    Ok(made.ok_or_else(|| AppError::internal("a draft of nothing"))?)
}

fn distinct(ids: &[DeliveryId]) -> Vec<DeliveryId> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The orders of deliveries all of which are with the customer.
async fn of_deliveries(tx: &mut TenantTx, ids: &[DeliveryId]) -> ServiceResult<Vec<OrderId>> {
    let rows = billing::find(tx, ids).await?;
    let found: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut orders = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let index = index.to_string();
        let path = ["input", "deliveryIds", index.as_str()];
        let Some(row) = found.get(id) else {
            let message = "there is no such delivery";
            return Err(UserError::at(ErrorCode::NotFound, &path, message).into());
        };
        if row.state != DeliveryState::Delivered {
            let message = "it is not delivered yet";
            return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
        }
        orders.push(row.order_id);
    }
    orders.sort_unstable();
    orders.dedup();
    Ok(orders)
}

/// Refuses deliveries of which nothing is left to bill, beside others: who names one expects to
/// see it on the invoice.
fn refuse_billed(
    ids: &[DeliveryId],
    of_line: &HashMap<DeliveryLineId, DeliveryId>,
    wants: &[Want],
) -> ServiceResult<()> {
    let came = wants.iter().filter_map(|want| want.came.as_ref());
    let billed: HashSet<_> = came.filter_map(|(line, _)| of_line.get(line)).collect();
    let nothing = ids.iter().position(|id| !billed.contains(id));
    match nothing {
        Some(index) if !billed.is_empty() => {
            let path = ["input", "deliveryIds", &index.to_string()];
            let message = "nothing of it is left to bill";
            Err(UserError::at(ErrorCode::NotAllowed, &path, message).into())
        }
        _ => Ok(()),
    }
}

/// What is left to bill of lines of deliveries.
async fn brought(
    tx: &mut TenantTx,
    (orders, left): (&Orders, &Left),
    lines: Vec<DeliveryLineRow>,
) -> ServiceResult<Vec<Want>> {
    let ids: Vec<DeliveryLineId> = lines.iter().map(|line| line.id).collect();
    let billed = query::billed_of_deliveries(tx, &ids).await?;
    let all = orders.values().flat_map(|order| &order.lines);
    let of: HashMap<OrderLineId, &OrderLineRow> = all.map(|line| (line.id, line)).collect();
    let mut open: HashMap<OrderLineId, Decimal> = HashMap::new();
    let mut wants = Vec::new();
    for came in lines {
        let Some(line) = of.get(&came.order_line_id) else {
            continue;
        };
        let open = open.entry(line.id).or_insert_with(|| left.delivered(line));
        let billed = billed.get(&came.id).copied().unwrap_or_default();
        let quantity = (came.delivered.unwrap_or_default() - billed).min(*open);
        if quantity > Decimal::ZERO {
            *open -= quantity;
            wants.push(Want {
                line: (*line).clone(),
                quantity,
                came: Some((came.id, cost_of(&came, quantity))),
            });
        }
    }
    Ok(wants)
}

/// What is left to bill of an order besides `taken`, where so much of each line is in all.
fn rest(
    order: &LockedOrder,
    taken: &[Want],
    in_all: impl Fn(&OrderLineRow) -> Decimal,
) -> Vec<Want> {
    let want = |line: &OrderLineRow| {
        let taken = taken.iter().filter(|want| want.line.id == line.id);
        let quantity = in_all(line) - taken.map(|want| want.quantity).sum::<Decimal>();
        (quantity > Decimal::ZERO).then(|| Want {
            line: line.clone(),
            quantity,
            came: None,
        })
    };
    order.lines.iter().filter_map(want).collect()
}
