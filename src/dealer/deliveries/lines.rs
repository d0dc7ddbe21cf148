//! The lines of an input as rows of a delivery.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::input::{DeliveryLineInput, DeliveryPickupLineInput};
use super::model::{DeliveryId, DeliveryLineId, DeliveryLineRow};
use super::scales::{Scales, check_weight, with_tenth};
use crate::dealer::catalog::quantity::Asked;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::orders::fulfil::LockedOrder;
use crate::dealer::orders::model::{OrderLineId, OrderLineRow};
use crate::dealer::stock::adjust::service::{MOST_LINES, lines_fit};
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::quantity::Amount;
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// What of a line of the order is asked for.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    line: OrderLineId,
    quantity: Option<QuantityInput>,
    weight: Option<Decimal>,
}

impl From<DeliveryLineInput> for Wanted {
    fn from(input: DeliveryLineInput) -> Self {
        Self {
            line: input.order_line_id,
            quantity: input.quantity,
            weight: None,
        }
    }
}

impl From<DeliveryPickupLineInput> for Wanted {
    fn from(input: DeliveryPickupLineInput) -> Self {
        Self {
            line: input.order_line_id,
            quantity: input.quantity,
            weight: input.weight.map(|weight| weight.0),
        }
    }
}

/// An input's lines as they are wanted.
pub(super) fn wanted<I: Into<Wanted>>(lines: Option<Vec<I>>) -> Option<Vec<Wanted>> {
    lines.map(|lines| lines.into_iter().map(Into::into).collect())
}

/// Notes what is wrong with lines by themselves.
pub(super) fn check(checks: &mut Checks, lines: Option<&[Wanted]>) {
    let Some(lines) = lines else { return };
    lines_fit(checks, lines.len());
    let mut known = BTreeSet::new();
    for (index, wanted) in lines.iter().take(MOST_LINES).enumerate() {
        let index = index.to_string();
        let path = |field: &'static str| ["input", "lines", index.as_str(), field];
        let is_first = known.insert(wanted.line);
        checks.require(is_first, &path("orderLineId"), "is listed twice");
        if let Some(weight) = wanted.weight {
            check_weight(checks, &path("weight"), weight);
        }
    }
}

/// The lines as rows of a delivery from this warehouse; without any, all that is left of the
/// lines whose goods come from there.
pub(super) async fn rows(
    tx: &mut TenantTx,
    (order, id, warehouse): (&LockedOrder, DeliveryId, WarehouseId),
    lines: Option<&[Wanted]>,
) -> ServiceResult<Vec<DeliveryLineRow>> {
    let Some(wanted) = lines else {
        return all_left((order, id, warehouse));
    };
    let products: Vec<_> = order.lines.iter().map(|line| line.product_id).collect();
    let is_weighed = wanted.iter().any(|wanted| wanted.weight.is_some());
    let scales = Scales::of(tx, &products, is_weighed).await?;
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    for (position, wanted) in wanted.iter().enumerate() {
        match asked(&scales, (order, id), (position, wanted)) {
            Ok(row) => rows.push(row),
            Err(Refusal::User(errors)) => refused.extend(errors),
            Err(fault) => return Err(fault),
        }
    }
    if refused.is_empty() {
        Ok(rows)
    } else {
        Err(Refusal::User(refused))
    }
}

/// How much of which line is asked for, as a row at this place.
fn asked(
    scales: &Scales,
    (order, id): (&LockedOrder, DeliveryId),
    (position, wanted): (usize, &Wanted),
) -> ServiceResult<DeliveryLineRow> {
    let index = position.to_string();
    let path = |field: &'static str| ["input", "lines", index.as_str(), field];
    let line = order.line(wanted.line).ok_or_else(|| {
        let message = "is no line of this order";
        UserError::at(ErrorCode::NotFound, &path("orderLineId"), message)
    })?;
    let left = line.to_plan();
    let weighed = match wanted.weight {
        Some(weight) => scales.weighed(line.product_id, weight)?,
        None => None,
    };
    let row = match (&wanted.quantity, weighed) {
        (Some(_), Some(_)) => return Err(weighed_and_counted(&path("quantity")).into()),
        (Some(quantity), None) => {
            let (at_line, at) = (path("orderLineId"), path("quantity"));
            let product = (line.product_id, &at_line[..]);
            let asked = scales.measures.asked(product, (quantity, &at))?;
            refuse_more(line, (asked.amount.base, left), &at)?;
            let measure = scales.measures.measure(line.product_id, asked.unit);
            let factor = measure.map_or(Ratio::ONE, |measure| measure.factor);
            row((id, position), line, (asked, factor))
        }
        (None, Some(base)) => {
            refuse_more(line, (base, with_tenth(left)), &path("weight"))?;
            of_order((id, position), line, base)?
        }
        (None, None) => {
            refuse_more(line, (left, left), &path("orderLineId"))?;
            of_order((id, position), line, left)?
        }
    };
    let weight = wanted.weight;
    Ok(DeliveryLineRow { weight, ..row })
}

fn all_left(
    (order, id, warehouse): (&LockedOrder, DeliveryId, WarehouseId),
) -> ServiceResult<Vec<DeliveryLineRow>> {
    let comes = |line: &&OrderLineRow| {
        let place = line.warehouse_id.unwrap_or(order.row.warehouse_id);
        place == warehouse && line.to_plan() > Decimal::ZERO
    };
    let mut rows = Vec::new();
    for (position, line) in order.lines.iter().filter(comes).enumerate() {
        rows.push(of_order((id, position), line, line.to_plan())?);
    }
    if rows.is_empty() {
        let message = "nothing of the order is left to be delivered from this warehouse";
        return Err(UserError::at(ErrorCode::NotAllowed, &["input", "orderId"], message).into());
    }
    Ok(rows)
}

/// So many base units in the unit in which the line is ordered, by the factor of that day.
fn of_order(
    key: (DeliveryId, usize),
    line: &OrderLineRow,
    base: Decimal,
) -> AppResult<DeliveryLineRow> {
    let amount = Amount {
        value: line.in_unit(base)?,
        base,
    };
    let asked = Asked {
        unit: line.unit_id,
        amount,
    };
    Ok(row(key, line, (asked, line.factor()?)))
}

fn row(
    (delivery_id, position): (DeliveryId, usize),
    line: &OrderLineRow,
    (asked, factor): (Asked, Ratio),
) -> DeliveryLineRow {
    DeliveryLineRow {
        id: DeliveryLineId::generate(),
        delivery_id,
        customer_id: line.customer_id,
        position: i32::try_from(position).unwrap_or(i32::MAX),
        order_line_id: line.id,
        product_id: line.product_id,
        unit_id: asked.unit,
        num: factor.num(),
        den: factor.den(),
        unit_quantity: asked.amount.value,
        quantity: asked.amount.base,
        delivered: None,
        weight: None,
        cost: None,
    }
}

fn refuse_more(
    line: &OrderLineRow,
    (base, most): (Decimal, Decimal),
    path: &[&str],
) -> Result<(), UserError> {
    if base > Decimal::ZERO && base <= most {
        return Ok(());
    }
    let (open, base) = (line.to_plan().normalize(), base.normalize());
    let message = format!("{open} base units are left to be planned, {base} were asked for");
    let error = UserError::at(ErrorCode::OverDelivery, path, message)
        .with_detail("lineId", &line.id)
        .with_detail("open", &open)
        .with_detail("requested", &base);
    Err(error)
}

/// The refusal of a quantity beside a weight that says it.
pub(super) fn weighed_and_counted(path: &[&str]) -> UserError {
    let message = "the weight says how much it is: leave this out";
    UserError::at(ErrorCode::BadUserInput, path, message)
}
