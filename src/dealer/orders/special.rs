//! Goods that are bought for one order: from its lines to purchase orders, and back to the lines
//! when they come.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_decimal::Decimal;

use super::actions::OrderAction as Action;
use super::events::{OrderFacts, OrderProgressed};
use super::fulfil::{LockedOrder, lock, lock_by_lines, write};
use super::input::SpecialOrderToPurchaseOrderInput;
use super::model::{OrderId, OrderLineId, OrderLineRow, OrderSourcing};
use super::query;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::{Asked, Measures};
use crate::dealer::purchasing::items::model::SupplierItemRow;
use crate::dealer::purchasing::items::service::{of_supplier, offers};
use crate::dealer::purchasing::orders::lines::Wanted;
use crate::dealer::purchasing::orders::model::{
    PurchaseOrderId, PurchaseOrderLineId, PurchaseOrderLineRow, PurchaseOrderRow,
};
use crate::dealer::purchasing::orders::service::{add, draft};
use crate::dealer::purchasing::orders::steps::lines_by_id;
use crate::dealer::purchasing::reorder::choose::{Offers, ReorderLeftReason};
use crate::dealer::purchasing::suppliers::actions::SupplierAction;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::purchasing::suppliers::service::{all_in_use, in_use};
use crate::dealer::stock::adjust::service::MOST_LINES;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::dealer::stock::warehouses::service as places;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::quantity::Amount;
use crate::tenancy::TenantTx;

/// Makes drafts of purchase orders of lines whose goods are bought for them: one for each
/// supplier and warehouse.
pub async fn buy(
    tx: &mut TenantTx,
    input: SpecialOrderToPurchaseOrderInput,
) -> ServiceResult<Vec<PurchaseOrderRow>> {
    let mut checks = Checks::default();
    let note = checks.optional_text(&["input", "note"], input.note.as_deref(), 500);
    check(&mut checks, &input.line_ids);
    checks.finish()?;
    let mut orders = lock_by_lines(tx, &input.line_ids).await?;
    let dead = dead_links(tx, &orders).await?;
    let lines = each(&input.line_ids, |id| to_buy(&orders, &dead, id))?;
    refuse_places(tx, &lines).await?;
    let shop = Shop::open(tx, &lines, input.supplier_id).await?;
    let baskets = each(&input.line_ids, |id| shop.basket(&lines, id))?;
    let (drafts, rows) = drafts(tx, (&lines, baskets), (&shop, note))?;
    for (line, row) in lines.iter().zip(&rows) {
        let order = orders.get_mut(&line.order_id);
        if let Some(line) = order.and_then(|order| order.line_mut(line.id)) {
            line.purchase_line_id = Some(row.id);
        }
    }
    let made = add(tx, drafts, rows).await?;
    write(tx, &mut orders).await?;
    tell(tx, orders.values());
    Ok(made)
}

/// Refuses to buy for a warehouse out of use, or for one where goods are on their way.
async fn refuse_places(tx: &mut TenantTx, lines: &[OrderLineRow]) -> ServiceResult<()> {
    let path = |at: usize| {
        ["input", "lineIds"]
            .map(str::to_owned)
            .into_iter()
            .chain([at.to_string()])
    };
    let named = lines.iter().enumerate();
    let named = named.filter_map(|(at, line)| Some((line.warehouse_id?, path(at).collect())));
    let named: Vec<(WarehouseId, Vec<String>)> = named.collect();
    let found = places::all_in_use(tx, &named).await?;
    for (row, (_, path)) in found.iter().zip(&named) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        places::rests(row, &path, "buy it")?;
    }
    Ok(())
}

fn check(checks: &mut Checks, ids: &[OrderLineId]) {
    let fits = (1..=MOST_LINES).contains(&ids.len());
    checks.require(fits, &["input", "lineIds"], "must list 1 to 200 lines");
    let mut known = BTreeSet::new();
    for (index, id) in ids.iter().take(MOST_LINES).enumerate() {
        let path = ["input", "lineIds", &index.to_string()];
        checks.require(known.insert(*id), &path, "is listed twice");
    }
}

/// What becomes of each line of the input, or all that is wrong with them.
fn each<T>(
    ids: &[OrderLineId],
    mut make: impl FnMut(OrderLineId) -> Result<T, (ErrorCode, String)>,
) -> ServiceResult<Vec<T>> {
    let (mut found, mut refused) = (Vec::new(), Vec::new());
    for (index, id) in ids.iter().enumerate() {
        match make(*id) {
            Ok(one) => found.push(one),
            Err((code, message)) => {
                let path = ["input", "lineIds", &index.to_string()];
                refused.push(UserError::at(code, &path, message));
            }
        }
    }
    if refused.is_empty() {
        Ok(found)
    } else {
        Err(Refusal::User(refused))
    }
}

/// Purchase order lines of which nothing came and nothing will.
async fn dead_links(
    tx: &mut TenantTx,
    orders: &BTreeMap<OrderId, LockedOrder>,
) -> AppResult<BTreeSet<PurchaseOrderLineId>> {
    let lines = orders.values().flat_map(|order| &order.lines);
    let bought: Vec<_> = lines.filter_map(|line| line.purchase_line_id).collect();
    if bought.is_empty() {
        return Ok(BTreeSet::new());
    }
    Ok(dead_among(lines_by_id(tx, &bought).await?.iter()))
}

fn dead_among<'a>(
    bought: impl Iterator<Item = &'a PurchaseOrderLineRow>,
) -> BTreeSet<PurchaseOrderLineId> {
    let dead = bought.filter(|line| !line.is_open && line.received.is_zero());
    dead.map(|line| line.id).collect()
}

/// A line whose goods are to be bought.
fn to_buy(
    orders: &BTreeMap<OrderId, LockedOrder>,
    dead: &BTreeSet<PurchaseOrderLineId>,
    id: OrderLineId,
) -> Result<OrderLineRow, (ErrorCode, String)> {
    let refuse = |message: &str| Err((ErrorCode::NotAllowed, message.to_owned()));
    let found = orders
        .values()
        .find_map(|order| Some((order, order.line(id)?)));
    let missing = (ErrorCode::NotFound, "there is no such line".to_owned());
    let (order, line) = found.ok_or(missing)?;
    if !Action::BuySpecial.suits(&order.row) {
        return refuse("its order is not CONFIRMED");
    }
    match not_to_buy(line, dead) {
        Some(why) => refuse(why),
        None => Ok(line.clone()),
    }
}

/// Why the goods of a line of a confirmed order are not to be bought for it; none if they are.
/// Of the `dead` lines of purchase orders nothing came and nothing will.
fn not_to_buy(line: &OrderLineRow, dead: &BTreeSet<PurchaseOrderLineId>) -> Option<&'static str> {
    let bought = line.purchase_line_id;
    if line.sourcing != OrderSourcing::Special {
        Some("its goods are not bought for it: its sourcing is not SPECIAL")
    } else if bought.is_some_and(|bought| !dead.contains(&bought)) {
        Some("its goods are on a purchase order already")
    } else if line.to_plan().is_zero() {
        Some("nothing of it is left to buy")
    } else {
        None
    }
}

/// Whether goods of one of these lines of a confirmed order are to be bought for it, where they
/// are on these lines of purchase orders.
pub(super) fn has_to_buy(lines: &[OrderLineRow], bought: &[PurchaseOrderLineRow]) -> bool {
    let dead = dead_among(bought.iter());
    lines.iter().any(|line| not_to_buy(line, &dead).is_none())
}

/// Of whom the goods are bought, and at what cost.
struct Shop {
    measures: Measures,
    named: Option<(SupplierId, HashMap<ProductId, SupplierItemRow>)>,
    offers: Offers,
}

impl Shop {
    async fn open(
        tx: &mut TenantTx,
        lines: &[OrderLineRow],
        supplier: Option<SupplierId>,
    ) -> ServiceResult<Self> {
        let products: Vec<_> = lines.iter().map(|line| line.product_id).collect();
        let measures = Measures::of(tx, &products).await?;
        let mut offers_of = Offers {
            by_product: HashMap::new(),
            in_use: BTreeSet::new(),
        };
        let Some(id) = supplier else {
            offers_of.by_product = offers(tx, &products).await?;
            let known = offers_of.by_product.values().flatten();
            let known = known.map(|item| item.supplier_id).collect();
            offers_of.in_use = all_in_use(tx, &known).await?;
            return Ok(Self {
                measures,
                named: None,
                offers: offers_of,
            });
        };
        let path = ["input", "supplierId"];
        in_use(tx, (id, &path), SupplierAction::OrderCreate).await?;
        let items = of_supplier(tx, id, &products).await?;
        Ok(Self {
            measures,
            named: Some((id, items)),
            offers: offers_of,
        })
    }

    /// Of whom and for where the goods of a line are bought.
    fn basket(
        &self,
        lines: &[OrderLineRow],
        id: OrderLineId,
    ) -> Result<Basket, (ErrorCode, String)> {
        let refuse = |message: &str| Err((ErrorCode::NotAllowed, message.to_owned()));
        let line = lines.iter().find(|line| line.id == id);
        let place = line.and_then(|line| Some((line.product_id, line.warehouse_id?)));
        let Some((product, warehouse)) = place else {
            return refuse("its goods come through no warehouse");
        };
        if let Some((supplier, _)) = &self.named {
            return Ok((*supplier, warehouse));
        }
        match self.offers.best(product) {
            Ok(item) => Ok((item.supplier_id, warehouse)),
            Err(ReorderLeftReason::NoSupplier) => {
                refuse("no supplier is known to deliver it; name one by supplierId")
            }
            Err(ReorderLeftReason::NoPreferred) => {
                refuse("several suppliers deliver it and none is preferred; name one by supplierId")
            }
        }
    }

    fn wanted(&self, line: &OrderLineRow) -> AppResult<Wanted> {
        let (base, factor) = (line.to_plan(), line.factor()?);
        let amount = Amount {
            value: line.in_unit(base)?,
            base,
        };
        let item = match &self.named {
            Some((_, items)) => items.get(&line.product_id),
            None => self.offers.best(line.product_id).ok(),
        };
        let cost = item.and_then(|item| item.cost_per(factor, &self.measures));
        Ok(Wanted {
            product: line.product_id,
            asked: Asked {
                unit: line.unit_id,
                amount,
            },
            factor,
            // It is a draft: whoever sends it sets what the supplier says.
            cost: cost.unwrap_or_default(),
            expected_on: None,
        })
    }
}

type Basket = (SupplierId, WarehouseId);

/// A draft for each basket, and the row of each line, in the order of the lines.
fn drafts(
    tx: &TenantTx,
    (lines, baskets): (&[OrderLineRow], Vec<Basket>),
    (shop, note): (&Shop, Option<String>),
) -> AppResult<(Vec<PurchaseOrderRow>, Vec<PurchaseOrderLineRow>)> {
    let mut drafts: BTreeMap<Basket, (PurchaseOrderRow, usize)> = BTreeMap::new();
    let mut rows = Vec::new();
    for (line, basket) in lines.iter().zip(baskets) {
        let made = || {
            let row = PurchaseOrderRow {
                note: note.clone(),
                ..draft(tx, basket.0, basket.1)
            };
            (row, 0)
        };
        let (order, count) = drafts.entry(basket).or_insert_with(made);
        rows.push(shop.wanted(line)?.row(order.id, *count));
        *count += 1;
    }
    Ok((drafts.into_values().map(|(row, _)| row).collect(), rows))
}

/// The orders for which something of a purchase order is bought, locked. To be called before the
/// purchase order is locked.
pub async fn waiting_for(
    tx: &mut TenantTx,
    id: PurchaseOrderId,
) -> AppResult<BTreeMap<OrderId, LockedOrder>> {
    let orders = query::orders_of_purchase(tx, id).await?;
    lock(tx, &orders).await
}

/// Goods that came for a line of a purchase order.
#[derive(Clone, Copy, Debug)]
pub struct Came {
    /// The line.
    pub line: PurchaseOrderLineId,
    /// How much came now.
    pub now: Decimal,
    /// How much had come before.
    pub before: Decimal,
}

/// Promises what came to the lines for which it was bought, as far as they want it and it is
/// available. What came first is theirs; the rest is free.
pub async fn arrived(
    tx: &mut TenantTx,
    mut orders: BTreeMap<OrderId, LockedOrder>,
    (warehouse, came): (WarehouseId, &[Came]),
) -> ServiceResult<()> {
    let mut wanted = Vec::new();
    for order in orders.values_mut() {
        for line in &mut order.lines {
            let link = line.purchase_line_id;
            let Some(came) = came.iter().find(|came| link == Some(came.line)) else {
                continue;
            };
            let due = (line.wanted() - came.before).max(Decimal::ZERO);
            // They go out of where they came.
            line.warehouse_id = Some(warehouse);
            wanted.push((line.clone(), due.min(came.now)));
        }
    }
    let touched: BTreeSet<_> = wanted.iter().map(|(line, _)| line.order_id).collect();
    super::promise::as_available(tx, &wanted).await?;
    orders.retain(|id, _| touched.contains(id));
    write(tx, &mut orders).await?;
    tell(tx, orders.values());
    Ok(())
}

fn tell<'a>(tx: &mut TenantTx, orders: impl Iterator<Item = &'a LockedOrder>) {
    for order in orders {
        tx.emit(&OrderProgressed(OrderFacts::of(&order.row, &order.lines)));
    }
}
