//! The use case of ordering what runs out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::choose::{Offers, ReorderLeftReason, line};
use super::input::{ReorderLineInput, ReorderToPurchaseOrdersInput};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::{Asked, Measures};
use crate::dealer::purchasing::items::service::offers;
use crate::dealer::purchasing::orders::lines::Wanted;
use crate::dealer::purchasing::orders::model::PurchaseOrderRow;
use crate::dealer::purchasing::orders::service::{add, draft};
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::purchasing::suppliers::service::all_in_use;
use crate::dealer::stock::adjust::service::MOST_LINES;
use crate::dealer::stock::reorder::service::{Suggestion, suggestions};
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::dealer::stock::warehouses::service::{alone_in, rests};
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Most suggestions that are ordered at once.
const MOST: i64 = 1000;

/// What became of that which runs out.
pub struct Reordered {
    /// The drafts.
    pub orders: Vec<PurchaseOrderRow>,
    /// What was not ordered.
    pub left: Vec<Left>,
}

/// Something that runs out and was not ordered.
pub struct Left {
    /// What, and how much of it lacks.
    pub suggestion: Suggestion,
    /// Why.
    pub reason: ReorderLeftReason,
}

/// Orders what runs out in a warehouse, by a draft for each supplier. Two who do so at once
/// come one after the other, and the second finds what the first has ordered.
pub async fn reorder(
    tx: &mut TenantTx,
    input: ReorderToPurchaseOrdersInput,
) -> ServiceResult<Reordered> {
    let mut checks = Checks::default();
    let note = checks.optional_text(&["input", "note"], input.note.as_deref(), 500);
    check(&mut checks, input.suggestions.as_deref());
    checks.finish()?;
    let warehouse = input.warehouse_id;
    let path = ["input", "warehouseId"];
    let place = alone_in(tx, warehouse, &path).await?;
    rests(&place, &path, "order it")?;
    let wished = input.suggestions.as_deref();
    let products = wished.map(|lines| lines.iter().map(|line| line.product_id).collect());
    let found = suggestions(tx, (Some(warehouse), products), MOST).await?;
    let products: Vec<_> = found.iter().map(|one| one.level.product_id).collect();
    let measures = Measures::of(tx, &products).await?;
    let asked = asked(wished.unwrap_or_default(), &measures)?;
    let by_product = offers(tx, &products).await?;
    let suppliers = by_product.values().flatten().map(|item| item.supplier_id);
    let suppliers: BTreeSet<_> = suppliers.collect();
    let offers = Offers {
        in_use: all_in_use(tx, &suppliers).await?,
        by_product,
    };
    let (baskets, left) = sorted(found, (&offers, &asked), &measures)?;
    let orders = drafts(tx, warehouse, (baskets, note)).await?;
    Ok(Reordered { orders, left })
}

/// Notes what is wrong with a choice by itself.
fn check(checks: &mut Checks, lines: Option<&[ReorderLineInput]>) {
    let Some(lines) = lines else { return };
    let fits = (1..=MOST_LINES).contains(&lines.len());
    let message = "must have 1 to 200 entries";
    checks.require(fits, &["input", "suggestions"], message);
    let mut known = BTreeSet::new();
    for (index, line) in lines.iter().take(MOST_LINES).enumerate() {
        let index = index.to_string();
        let path = ["input", "suggestions", index.as_str(), "productId"];
        checks.require(known.insert(line.product_id), &path, "is listed twice");
    }
}

/// How much is asked for of each product that was chosen; all of them run out.
fn asked(
    lines: &[ReorderLineInput],
    measures: &Measures,
) -> ServiceResult<HashMap<ProductId, Asked>> {
    let (mut asked, mut refused) = (HashMap::new(), Vec::new());
    for (index, line) in lines.iter().enumerate() {
        let index = index.to_string();
        let path = |field: &'static str| ["input", "suggestions", index.as_str(), field];
        let (at_product, at_quantity) = (path("productId"), path("quantity"));
        if measures.goods(line.product_id).is_none() {
            let message = "is not suggested: enough of it is there or ordered";
            refused.push(UserError::at(ErrorCode::NotAllowed, &at_product, message));
            continue;
        }
        let Some(quantity) = &line.quantity else {
            continue;
        };
        match measures.kept((line.product_id, &at_product), (quantity, &at_quantity)) {
            Ok(amount) => {
                asked.insert(line.product_id, amount);
            }
            Err(error) => refused.push(error),
        }
    }
    if refused.is_empty() {
        Ok(asked)
    } else {
        Err(Refusal::User(refused))
    }
}

type Baskets = BTreeMap<SupplierId, Vec<Wanted>>;

/// What runs out by who delivers it, and what nobody does.
fn sorted(
    found: Vec<Suggestion>,
    (offers, asked): (&Offers, &HashMap<ProductId, Asked>),
    measures: &Measures,
) -> AppResult<(Baskets, Vec<Left>)> {
    let (mut baskets, mut left) = (Baskets::new(), Vec::new());
    for suggestion in found {
        let product = suggestion.level.product_id;
        match offers.best(product) {
            Ok(item) => {
                let asked = asked.get(&product).copied();
                let line = line(&suggestion, (item, asked), measures)?;
                baskets.entry(item.supplier_id).or_default().push(line);
            }
            Err(reason) => left.push(Left { suggestion, reason }),
        }
    }
    Ok((baskets, left))
}

/// A draft for each supplier, or several where he gets more lines than an order has.
async fn drafts(
    tx: &mut TenantTx,
    warehouse: WarehouseId,
    (baskets, note): (Baskets, Option<String>),
) -> AppResult<Vec<PurchaseOrderRow>> {
    let (mut orders, mut rows) = (Vec::new(), Vec::new());
    for (supplier, wanted) in baskets {
        for (number, one) in wanted.into_iter().enumerate() {
            if number.is_multiple_of(MOST_LINES) {
                orders.push(PurchaseOrderRow {
                    note: note.clone(),
                    ..draft(tx, supplier, warehouse)
                });
            }
            if let Some(order) = orders.last() {
                rows.push(one.row(order.id, number % MOST_LINES));
            }
        }
    }
    add(tx, orders, rows).await
}
