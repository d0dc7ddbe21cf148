//! What came, as the input says or as it was ordered.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::input::{GoodsReceiveInput, GoodsReceiveLineInput};
use super::lots;
use crate::dealer::catalog::quantity::{Asked, Measures};
use crate::dealer::purchasing::orders::model::PurchaseOrderLineRow;
use crate::dealer::stock::adjust::service::MOST_LINES;
use crate::dealer::stock::lots::naming::Naming;
use crate::error::{AppError, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::quantity::{Amount, MOST_DECIMALS};

/// What came of one line of the order.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    /// The line's place in the order's.
    pub line: usize,
    /// How much.
    pub asked: Asked,
    /// What it weighs in kilograms, if somebody weighed it.
    pub weight: Option<Decimal>,
    /// The field that is at fault when it is too much.
    pub path: Vec<String>,
    /// Of which lots it is.
    pub lots: Naming,
}

/// Notes what is wrong with lines by themselves.
pub(super) fn check(checks: &mut Checks, lines: Option<&[GoodsReceiveLineInput]>) {
    let Some(lines) = lines else { return };
    let fits = (1..=MOST_LINES).contains(&lines.len());
    checks.require(fits, &["input", "lines"], "must have 1 to 200 lines");
    let mut known = BTreeSet::new();
    for (index, line) in lines.iter().take(MOST_LINES).enumerate() {
        let index = index.to_string();
        let path = |field: &'static str| ["input", "lines", index.as_str(), field];
        let is_first = known.insert(line.line_id);
        checks.require(is_first, &path("lineId"), "is listed twice");
        if let Some(weight) = line.weight {
            checks.quantity(&path("weight"), weight.0, MOST_DECIMALS);
            let message = "must be above zero";
            checks.require(!weight.0.is_zero(), &path("weight"), message);
        }
        lots::check(checks, &path("lots"), &line.lots);
    }
}

/// What came, line by line of the input; without any, all that is open.
pub(super) fn arrived(
    input: &GoodsReceiveInput,
    lines: &[PurchaseOrderLineRow],
    measures: &Measures,
) -> ServiceResult<Vec<Arrived>> {
    let Some(given) = &input.lines else {
        return all_open(lines);
    };
    let (mut found, mut refused) = (Vec::new(), Vec::new());
    for (index, line) in given.iter().enumerate() {
        match one(line, &index.to_string(), (lines, measures)) {
            Ok(one) => found.push(one),
            Err(error) => refused.push(error),
        }
    }
    if refused.is_empty() {
        Ok(found)
    } else {
        Err(Refusal::User(refused))
    }
}

fn one(
    given: &GoodsReceiveLineInput,
    index: &str,
    (lines, measures): (&[PurchaseOrderLineRow], &Measures),
) -> Result<Arrived, UserError> {
    let at_line = ["input", "lines", index, "lineId"];
    let at_quantity = ["input", "lines", index, "quantity"];
    let mut rows = lines.iter().enumerate();
    let found = rows.find(|(_, row)| row.id == given.line_id);
    let (line, row) = found.ok_or_else(|| {
        let message = "is no line of this order";
        UserError::at(ErrorCode::NotFound, &at_line, message)
    })?;
    let product = (row.product_id, &at_line[..]);
    let asked = measures.kept(product, (&given.quantity, &at_quantity))?;
    let at_lots = ["input", "lines", index, "lots"];
    let parts = (&given.lots[..], &at_lots[..]);
    Ok(Arrived {
        line,
        asked,
        weight: given.weight.map(|weight| weight.0),
        path: at_quantity.map(str::to_owned).into(),
        lots: lots::named(parts, (product, asked.amount.base), measures)?,
    })
}

fn all_open(lines: &[PurchaseOrderLineRow]) -> ServiceResult<Vec<Arrived>> {
    let mut found = Vec::new();
    for (line, row) in lines.iter().enumerate().filter(|(_, row)| row.is_open) {
        let base = row.open();
        let amount = Amount {
            value: row.in_unit(base)?,
            base,
        };
        found.push(Arrived {
            line,
            asked: Asked {
                unit: row.unit_id,
                amount,
            },
            weight: None,
            path: ["input", "purchaseOrderId"].map(str::to_owned).into(),
            // Nobody has said of which lots it is.
            lots: Naming {
                path: ["input", "lines"].map(str::to_owned).into(),
                ..Naming::default()
            },
        });
    }
    if found.is_empty() {
        // Its state says that something is.
        return Err(AppError::internal("an order to receive has no open line").into());
    }
    Ok(found)
}
