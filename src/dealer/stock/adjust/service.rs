//! The use case of corrections.

use rust_decimal::Decimal;

use super::input::{AdjustmentReason, StockAdjustInput, StockAdjustLineInput};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::Measures;
use crate::dealer::stock::ledger::input::StockDirection;
use crate::dealer::stock::ledger::model::{MovementKind, MovementRow};
use crate::dealer::stock::ledger::posting::{Change, Posting, post_lots};
use crate::dealer::stock::lots::naming::Naming;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::dealer::stock::warehouses::service::{in_use, rests};
use crate::error::{Refusal, ServiceResult, UserError};
use crate::graphql::permit::Permission;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Most lines of a document.
pub const MOST_LINES: usize = 200;

/// Corrects what is in a warehouse.
pub async fn adjust(tx: &mut TenantTx, input: StockAdjustInput) -> ServiceResult<Vec<MovementRow>> {
    let mut checks = Checks::default();
    let note = checked_note(&mut checks, input.note.as_deref());
    lines_fit(&mut checks, input.lines.len());
    check_costs(&mut checks, &input.lines);
    let lots = lots(&mut checks, &input.lines);
    checks.finish()?;
    if input.lines.iter().any(|line| line.unit_cost.is_some()) {
        tx.context().require(Permission::CostRead)?;
    }
    let path = ["input", "warehouseId"];
    let warehouse = in_use(tx, input.warehouse_id, &path).await?;
    rests(&warehouse, &path, "correct it")?;
    let products: Vec<_> = input.lines.iter().map(|line| line.product_id).collect();
    let measures = Measures::of(tx, &products).await?;
    let head = Head {
        warehouse: input.warehouse_id,
        reason: input.reason,
        note,
    };
    let (mut postings, mut refused) = (Vec::new(), Vec::new());
    for (index, line) in input.lines.iter().enumerate() {
        match head.posting(&measures, line, &index.to_string()) {
            Ok(posting) => postings.push(posting),
            Err(error) => refused.push(error),
        }
    }
    if !refused.is_empty() {
        return Err(Refusal::User(refused));
    }
    post_lots(tx, postings.into_iter().zip(lots).collect()).await
}

/// Notes a fault unless a document has one to two hundred lines.
pub fn lines_fit(checks: &mut Checks, count: usize) {
    let fits = (1..=MOST_LINES).contains(&count);
    checks.require(fits, &["input", "lines"], "must have 1 to 200 lines");
}

/// The note of a correction, checked.
pub fn checked_note(checks: &mut Checks, note: Option<&str>) -> Option<String> {
    checks.optional_text(&["input", "note"], note, 500)
}

fn check_costs(checks: &mut Checks, lines: &[StockAdjustLineInput]) {
    for (index, line) in lines.iter().take(MOST_LINES).enumerate() {
        let Some(cost) = line.unit_cost else { continue };
        let position = index.to_string();
        let path = ["input", "lines", position.as_str(), "unitCost"];
        check_cost(checks, &path, (cost.0, line.direction));
    }
}

/// Notes a fault unless goods that go this way may have this cost.
pub fn check_cost(checks: &mut Checks, path: &[&str], (cost, way): (Decimal, StockDirection)) {
    checks.amount(path, cost);
    let comes = way == StockDirection::In;
    checks.require(
        comes,
        path,
        "what goes takes its cost along: leave this out",
    );
}

/// What each line says of its lot.
fn lots(checks: &mut Checks, lines: &[StockAdjustLineInput]) -> Vec<Naming> {
    let mut lots = Vec::new();
    for (index, line) in lines.iter().take(MOST_LINES).enumerate() {
        let index = index.to_string();
        let path = ["input", "lines", index.as_str(), "lot"];
        lots.push(Naming::checked(checks, &path, line.lot.as_ref()));
    }
    lots
}

/// What all lines have in common.
#[derive(Clone, Debug)]
pub struct Head {
    /// Where.
    pub warehouse: WarehouseId,
    /// Why.
    pub reason: AdjustmentReason,
    /// Why, in the words of whoever does it.
    pub note: Option<String>,
}

impl Head {
    fn posting(
        &self,
        measures: &Measures,
        line: &StockAdjustLineInput,
        index: &str,
    ) -> Result<Posting, UserError> {
        let product_path = ["input", "lines", index, "productId"];
        let quantity_path = ["input", "lines", index, "quantity"];
        let product = (line.product_id, &product_path[..]);
        let asked = measures.kept(product, (&line.quantity, &quantity_path))?;
        let base = asked.amount.base;
        let change = match line.direction {
            StockDirection::In => Change::In(base, line.unit_cost.map(|cost| cost.0)),
            StockDirection::Out => Change::Out(base),
        };
        Ok(self.movement(line.product_id, change, &quantity_path))
    }

    /// The movement that corrects what there is of a product.
    pub fn movement(&self, product: ProductId, change: Change, path: &[&str]) -> Posting {
        Posting {
            place: (product, self.warehouse),
            kind: match self.reason {
                AdjustmentReason::Opening => MovementKind::Opening,
                _ => MovementKind::Adjustment,
            },
            change,
            source: None,
            reason: Some(self.reason.as_str()),
            note: self.note.clone(),
            path: path.iter().map(|part| (*part).to_owned()).collect(),
        }
    }
}
