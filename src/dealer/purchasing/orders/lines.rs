//! The lines of an input as rows.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::input::PurchaseOrderLineInput;
use super::model::{PurchaseOrderId, PurchaseOrderLineId, PurchaseOrderLineRow};
use crate::dealer::calendar::check_day;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::{Asked, Measures};
use crate::dealer::purchasing::items::model::SupplierItemRow;
use crate::dealer::purchasing::items::service::of_supplier;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::stock::adjust::service::{MOST_LINES, lines_fit};
use crate::error::{ErrorCode, Refusal, ServiceResult, UserError};
use crate::graphql::permit::Permission;
use crate::kernel::checks::Checks;
use crate::kernel::money::digits_of;
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// Notes what is wrong with lines by themselves.
pub(super) fn check(checks: &mut Checks, lines: &[PurchaseOrderLineInput]) {
    lines_fit(checks, lines.len());
    for (index, line) in lines.iter().take(MOST_LINES).enumerate() {
        let index = index.to_string();
        let path = |field: &'static str| ["input", "lines", index.as_str(), field];
        if let Some(cost) = line.unit_cost {
            checks.amount(&path("unitCost"), cost.0);
        }
        if let Some(day) = line.expected_on {
            check_day(checks, &path("expectedOn"), day);
        }
    }
}

/// Lines that were checked, as rows of an order.
pub(super) async fn rows(
    tx: &mut TenantTx,
    (order, supplier): (PurchaseOrderId, SupplierId),
    lines: &[PurchaseOrderLineInput],
) -> ServiceResult<Vec<PurchaseOrderLineRow>> {
    if lines.iter().any(|line| line.unit_cost.is_some()) {
        tx.context().require(Permission::CostRead)?;
    }
    let products: Vec<_> = lines.iter().map(|line| line.product_id).collect();
    let draft = Draft {
        order,
        measures: Measures::of(tx, &products).await?,
        items: of_supplier(tx, supplier, &products).await?,
        digits: digits_of(&tx.context().dealer().currency),
    };
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    for (position, line) in lines.iter().enumerate() {
        match draft.row(position, line) {
            Ok(row) => rows.push(row),
            Err(error) => refused.push(error),
        }
    }
    if refused.is_empty() {
        Ok(rows)
    } else {
        Err(Refusal::User(refused))
    }
}

/// What has to be known to make rows of an input.
struct Draft {
    order: PurchaseOrderId,
    measures: Measures,
    items: HashMap<ProductId, SupplierItemRow>,
    digits: u32,
}

impl Draft {
    fn row(
        &self,
        position: usize,
        line: &PurchaseOrderLineInput,
    ) -> Result<PurchaseOrderLineRow, UserError> {
        let index = position.to_string();
        let path = |field: &'static str| ["input", "lines", index.as_str(), field];
        let (at_product, at_quantity) = (path("productId"), path("quantity"));
        let product = (line.product_id, &at_product[..]);
        let asked = self
            .measures
            .kept(product, (&line.quantity, &at_quantity))?;
        let at_cost =
            |message: &str| UserError::at(ErrorCode::BadUserInput, &path("unitCost"), message);
        let factor = self.measures.measure(line.product_id, asked.unit);
        let factor = factor.map_or(Ratio::ONE, |measure| measure.factor);
        let cost = line
            .unit_cost
            .map(|cost| cost.0)
            .or_else(|| self.last_cost(line.product_id, factor))
            .ok_or_else(|| at_cost("is needed, since what it has cost last is not known"))?;
        let wanted = Wanted {
            product: line.product_id,
            asked,
            factor,
            cost,
            expected_on: line.expected_on,
        };
        let row = wanted.row(self.order, position);
        row.amount(row.quantity, self.digits)
            .map_err(|error| at_cost(&error.to_string()))?;
        Ok(row)
    }

    fn last_cost(&self, product: ProductId, factor: Ratio) -> Option<Decimal> {
        self.items.get(&product)?.cost_per(factor, &self.measures)
    }
}

/// One line to order.
pub struct Wanted {
    /// What.
    pub product: ProductId,
    /// How much.
    pub asked: Asked,
    /// Base units per one of the unit.
    pub factor: Ratio,
    /// What one of the unit costs.
    pub cost: Decimal,
    /// When it should come, if somebody has said.
    pub expected_on: Option<NaiveDate>,
}

impl Wanted {
    /// As a row of a draft.
    pub fn row(self, order: PurchaseOrderId, position: usize) -> PurchaseOrderLineRow {
        PurchaseOrderLineRow {
            id: PurchaseOrderLineId::generate(),
            order_id: order,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            product_id: self.product,
            unit_id: self.asked.unit,
            num: self.factor.num(),
            den: self.factor.den(),
            unit_quantity: self.asked.amount.value,
            quantity: self.asked.amount.base,
            unit_cost: self.cost,
            received: Decimal::ZERO,
            is_open: true,
            expected_on: self.expected_on,
        }
    }
}
