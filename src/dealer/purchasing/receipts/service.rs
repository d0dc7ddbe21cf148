//! The use case of goods receipts.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::arrived::{self, Arrived};
use super::events::GoodsReceiptPosted;
use super::input::GoodsReceiveInput;
use super::landed::{self, Goods};
use super::model::{
    GoodsReceiptId, GoodsReceiptLineId, GoodsReceiptLineRow, GoodsReceiptRow, LandedCostRow,
};
use super::{query, tolerance};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::Measures;
use crate::dealer::numbering;
use crate::dealer::orders::special::{self, Came, waiting_for};
use crate::dealer::purchasing::items::costs::{UnitCost, learn};
use crate::dealer::purchasing::orders::actions::PurchaseOrderAction;
use crate::dealer::purchasing::orders::model::{PurchaseOrderLineRow, PurchaseOrderRow};
use crate::dealer::purchasing::orders::steps::{lines_of, locked, received};
use crate::dealer::purchasing::suppliers::service as suppliers;
use crate::dealer::stock::ledger::model::MovementKind;
use crate::dealer::stock::ledger::posting::{Change, Posting, Source, post_lots};
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::dealer::stock::warehouses::service::{in_use, rests};
use crate::error::{AppError, AppResult, ServiceResult};
use crate::graphql::permit::Permission;
use crate::kernel::checks::Checks;
use crate::kernel::money::digits_of;
use crate::tenancy::TenantTx;

/// Brings what came of a purchase order to stock. As many statements for one line as for two
/// hundred.
pub async fn receive(
    tx: &mut TenantTx,
    input: GoodsReceiveInput,
) -> ServiceResult<GoodsReceiptRow> {
    let head = Head::checked(tx, &input)?;
    // Customers and their orders are locked before documents.
    let waiting = waiting_for(tx, input.purchase_order_id).await?;
    let key = (input.purchase_order_id, input.expected_version);
    let at_order = (PurchaseOrderAction::Receive, "purchaseOrderId");
    let order = locked(tx, key, at_order).await?;
    let path = ["input", "purchaseOrderId"];
    let warehouse = in_use(tx, order.warehouse_id, &path).await?;
    rests(&warehouse, &path, "receive it")?;
    let mut lines = lines_of(tx, order.id).await?;
    let products: Vec<_> = lines.iter().map(|line| line.product_id).collect();
    let measures = Measures::of(tx, &products).await?;
    let arrived = arrived::arrived(&input, &lines, &measures)?;
    let supplier = suppliers::find(tx, order.supplier_id).await?;
    let came = came(&arrived, &lines)?;
    tolerance::add(&mut lines, &arrived, supplier.tolerance)?;
    let rows = head.lines(tx, (&arrived, &lines)).await?;
    let postings = rows.iter().zip(&arrived);
    let postings =
        postings.map(|(row, one)| (posting(row, one, order.warehouse_id), one.lots.clone()));
    post_lots(tx, postings.collect()).await?;
    if !waiting.is_empty() {
        special::arrived(tx, waiting, (order.warehouse_id, &came)).await?;
    }
    received(tx, order.id, &lines).await?;
    let taken = taken(&arrived, &lines)?;
    learn(tx, order.supplier_id, (&taken, &measures)).await?;
    let row = head.row(tx, &order).await?;
    query::insert(tx, &row, (rows, head.costs)).await?;
    tx.emit(&GoodsReceiptPosted((&row).into()));
    Ok(row)
}

/// What an input says by itself.
struct Head {
    id: GoodsReceiptId,
    delivery_note: Option<String>,
    note: Option<String>,
    costs: Vec<LandedCostRow>,
    digits: u32,
}

impl Head {
    fn checked(tx: &TenantTx, input: &GoodsReceiveInput) -> ServiceResult<Self> {
        let (mut checks, id) = (Checks::default(), GoodsReceiptId::generate());
        let digits = digits_of(&tx.context().dealer().currency);
        let number = input.delivery_note.as_deref();
        let head = Self {
            id,
            delivery_note: checks.optional_text(&["input", "deliveryNote"], number, 100),
            note: checks.optional_text(&["input", "note"], input.note.as_deref(), 500),
            costs: landed::checked(&mut checks, (id, &input.landed_costs), digits),
            digits,
        };
        arrived::check(&mut checks, input.lines.as_deref());
        checks.finish()?;
        if !head.costs.is_empty() {
            tx.context().require(Permission::CostRead)?;
        }
        Ok(head)
    }

    /// What came as rows, each with what it has cost.
    async fn lines(
        &self,
        tx: &mut TenantTx,
        (arrived, lines): (&[Arrived], &[PurchaseOrderLineRow]),
    ) -> ServiceResult<Vec<GoodsReceiptLineRow>> {
        let goods = Goods {
            arrived,
            lines,
            digits: self.digits,
        };
        let goods_costs = goods.costs()?;
        let landed = goods.landed(tx, (&goods_costs, &self.costs)).await?;
        let mut rows = Vec::new();
        let costs = goods_costs.into_iter().zip(landed);
        for (position, (one, costs)) in arrived.iter().zip(costs).enumerate() {
            let position = i32::try_from(position).map_err(AppError::internal)?;
            rows.push(self.line((position, one), line_of(lines, one)?, costs));
        }
        Ok(rows)
    }

    fn line(
        &self,
        (position, one): (i32, &Arrived),
        line: &PurchaseOrderLineRow,
        (goods_cost, landed_cost): (Decimal, Decimal),
    ) -> GoodsReceiptLineRow {
        GoodsReceiptLineRow {
            id: GoodsReceiptLineId::generate(),
            receipt_id: self.id,
            position,
            order_line_id: line.id,
            product_id: line.product_id,
            unit_id: one.asked.unit,
            unit_quantity: one.asked.amount.value,
            quantity: one.asked.amount.base,
            weight: one.weight,
            goods_cost,
            landed_cost,
        }
    }

    async fn row(
        &self,
        tx: &mut TenantTx,
        order: &PurchaseOrderRow,
    ) -> ServiceResult<GoodsReceiptRow> {
        Ok(GoodsReceiptRow {
            id: self.id,
            number: numbering::next(tx, GoodsReceiptId::PREFIX).await?,
            order_id: order.id,
            supplier_id: order.supplier_id,
            warehouse_id: order.warehouse_id,
            delivery_note: self.delivery_note.clone(),
            note: self.note.clone(),
            received_at: tx.now(),
        })
    }
}

fn line_of<'a>(
    lines: &'a [PurchaseOrderLineRow],
    one: &Arrived,
) -> AppResult<&'a PurchaseOrderLineRow> {
    let line = lines.get(one.line);
    line.ok_or_else(|| AppError::internal("a line that is not there"))
}

/// What comes of which lines, for those who wait for it.
fn came(arrived: &[Arrived], lines: &[PurchaseOrderLineRow]) -> AppResult<Vec<Came>> {
    let came = |one: &Arrived| {
        let line = line_of(lines, one)?;
        Ok(Came {
            line: line.id,
            now: one.asked.amount.base,
            before: line.received,
        })
    };
    arrived.iter().map(came).collect()
}

/// The movement by which a line comes to stock.
fn posting(row: &GoodsReceiptLineRow, one: &Arrived, warehouse: WarehouseId) -> Posting {
    Posting {
        place: (row.product_id, warehouse),
        kind: MovementKind::Receipt,
        change: Change::Worth(row.quantity, row.goods_cost + row.landed_cost),
        source: Some(Source {
            prefix: GoodsReceiptId::PREFIX,
            id: row.receipt_id.uuid(),
            line: Some(row.id.uuid()),
        }),
        reason: None,
        note: None,
        path: one.path.clone(),
    }
}

/// What the supplier took for one of the ordered unit, by product.
fn taken(
    arrived: &[Arrived],
    lines: &[PurchaseOrderLineRow],
) -> AppResult<BTreeMap<ProductId, UnitCost>> {
    let mut taken = BTreeMap::new();
    for one in arrived {
        let line = line_of(lines, one)?;
        let cost = UnitCost {
            cost: line.unit_cost,
            factor: line.factor()?,
        };
        taken.insert(line.product_id, cost);
    }
    Ok(taken)
}
