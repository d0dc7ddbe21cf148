//! What goods have cost when they are here: what the supplier takes, and their share of
//! freight and the like.

use rust_decimal::Decimal;

use super::arrived::Arrived;
use super::input::LandedCostInput;
use super::model::{GoodsReceiptId, LandedCostBasis, LandedCostId, LandedCostRow};
use crate::dealer::catalog::quantity::masses::per_kilogram;
use crate::dealer::purchasing::orders::model::PurchaseOrderLineRow;
use crate::error::{AppError, ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::money::shared;
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// Most costs of a receipt.
const MOST: usize = 20;

/// Checks costs by themselves, and makes rows of a receipt of them.
pub(super) fn checked(
    checks: &mut Checks,
    (receipt, costs): (GoodsReceiptId, &[LandedCostInput]),
    digits: u32,
) -> Vec<LandedCostRow> {
    let fits = costs.len() <= MOST;
    let message = "may have at most 20 entries";
    checks.require(fits, &["input", "landedCosts"], message);
    let mut rows = Vec::new();
    for (position, cost) in costs.iter().take(MOST).enumerate() {
        let index = position.to_string();
        let path = |field: &'static str| ["input", "landedCosts", index.as_str(), field];
        let at_amount = path("amount");
        let amount = checks.money(&at_amount, cost.amount.0, digits);
        checks.require(!amount.is_zero(), &at_amount, "must be above zero");
        rows.push(LandedCostRow {
            id: LandedCostId::generate(),
            receipt_id: receipt,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            kind: cost.kind,
            basis: cost.basis,
            amount,
            note: checks.optional_text(&path("note"), cost.note.as_deref(), 200),
        });
    }
    rows
}

/// Lines of an order with what came of them.
pub(super) struct Goods<'a> {
    /// What came.
    pub arrived: &'a [Arrived],
    /// The order's lines, what came added.
    pub lines: &'a [PurchaseOrderLineRow],
    /// Decimals of the currency.
    pub digits: u32,
}

impl Goods<'_> {
    fn line(&self, one: &Arrived) -> ServiceResult<&PurchaseOrderLineRow> {
        let line = self.lines.get(one.line);
        Ok(line.ok_or_else(|| AppError::internal("a line that is not there"))?)
    }

    /// What the supplier takes for each: by how much the amount of all that has come of its
    /// line grew, so that the parts of a line come to what the line comes to.
    pub(super) fn costs(&self) -> ServiceResult<Vec<Decimal>> {
        let mut costs = Vec::new();
        for one in self.arrived {
            let line = self.line(one)?;
            let amount = |base| {
                line.amount(base, self.digits).map_err(|error| {
                    let path: Vec<&str> = one.path.iter().map(String::as_str).collect();
                    UserError::at(ErrorCode::BadUserInput, &path, error.to_string())
                })
            };
            let before = line.received - one.asked.amount.base;
            costs.push(amount(line.received)? - amount(before)?);
        }
        Ok(costs)
    }

    /// The share of each in what it has cost to bring all of them in.
    pub(super) async fn landed(
        &self,
        tx: &mut TenantTx,
        (goods, costs): (&[Decimal], &[LandedCostRow]),
    ) -> ServiceResult<Vec<Decimal>> {
        let by_weight = costs
            .iter()
            .any(|cost| cost.basis == LandedCostBasis::Weight);
        let weights = if by_weight {
            self.weights(tx).await?
        } else {
            Vec::new()
        };
        let quantities: Vec<_> = self
            .arrived
            .iter()
            .map(|one| one.asked.amount.base)
            .collect();
        let mut sums = vec![Decimal::ZERO; self.arrived.len()];
        for (index, cost) in costs.iter().enumerate() {
            let shares: &[Decimal] = match cost.basis {
                LandedCostBasis::Value => goods,
                LandedCostBasis::Quantity => &quantities,
                LandedCostBasis::Weight => &weights,
            };
            let parts = shared(cost.amount, shares, self.digits);
            let parts = parts.ok_or_else(|| worthless(&index.to_string()))?;
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum += part;
            }
        }
        Ok(sums)
    }

    /// What each weighs in kilograms: as it was weighed, or as a unit of its product says.
    async fn weights(&self, tx: &mut TenantTx) -> ServiceResult<Vec<Decimal>> {
        let mut products = Vec::new();
        for one in self.arrived.iter().filter(|one| one.weight.is_none()) {
            products.push(self.line(one)?.product_id);
        }
        let masses = per_kilogram(tx, &products).await?;
        let mut weights = Vec::new();
        for (index, one) in self.arrived.iter().enumerate() {
            let known = masses.get(&self.line(one)?.product_id);
            let reckoned = known.and_then(|mass| kilograms(one.asked.amount.base, *mass));
            let weight = one.weight.or(reckoned);
            weights.push(weight.ok_or_else(|| weightless(&index.to_string()))?);
        }
        Ok(weights)
    }
}

/// What so many base units weigh, of which so many weigh a kilogram.
fn kilograms(base: Decimal, per_kilogram: Ratio) -> Option<Decimal> {
    let each = Decimal::from(per_kilogram.den()).checked_div(per_kilogram.num().into())?;
    base.checked_mul(each)
}

fn worthless(index: &str) -> UserError {
    let message = "the goods are worth nothing: share this by quantity or weight";
    let path = ["input", "landedCosts", index, "basis"];
    UserError::at(ErrorCode::BadUserInput, &path, message)
}

fn weightless(index: &str) -> UserError {
    let message = "is needed to share a cost by weight, since the product has no unit of mass";
    let path = ["input", "lines", index, "weight"];
    UserError::at(ErrorCode::BadUserInput, &path, message)
}
