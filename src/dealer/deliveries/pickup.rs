//! The short way over the counter: planned, dispatched and handed over at once.

use rust_decimal::Decimal;

use super::dispatch::may_leave;
use super::events::DeliveryDelivered;
use super::input::DeliveryPickupInput;
use super::lines::{self, Wanted, wanted};
use super::model::{DeliveryId, DeliveryMethod, DeliveryRow, DeliveryState};
use super::plan::{Terms, of_order, warehouse};
use super::service::count;
use super::whole::{Orders, Whole, line_mut};
use super::{proof, query, stock};
use crate::dealer::calendar::today;
use crate::dealer::numbering;
use crate::dealer::orders::fulfil;
use crate::dealer::orders::model::OrderId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult, ServiceResult};
use crate::files::{FileId, Files};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Hands goods of an order over at the counter.
pub async fn pickup(
    tx: &mut TenantTx,
    files: &Files,
    input: DeliveryPickupInput,
) -> ServiceResult<DeliveryRow> {
    let counter = Counter::checked(input)?;
    let mut orders = fulfil::lock(tx, &[counter.order]).await?;
    let whole = counter.whole(tx, &orders).await?;
    count(&mut orders, (&whole.row, &whole.lines), Decimal::ONE)?;
    let mut deliveries = [whole];
    may_leave(tx, (&orders, &deliveries), &["input", "orderId"]).await?;
    stock::issue(tx, (&orders, &mut deliveries), &["input", "lines"]).await?;
    let [mut whole] = deliveries;
    hand_over(&mut orders, &mut whole)?;
    whole.row.number = numbering::next(tx, DeliveryId::PREFIX).await?;
    query::insert(tx, &whole.row, &whole.lines).await?;
    proof::attach(tx, files, (whole.row.id, &counter.files)).await?;
    fulfil::store(tx, orders).await?;
    tx.emit(&DeliveryDelivered((&whole.row).into()));
    Ok(whole.row)
}

/// What is said at the counter, checked by itself.
struct Counter {
    order: OrderId,
    lines: Option<Vec<Wanted>>,
    warehouse: Option<WarehouseId>,
    signer: String,
    note: Option<String>,
    files: Vec<FileId>,
}

impl Counter {
    fn checked(input: DeliveryPickupInput) -> ServiceResult<Self> {
        let mut checks = Checks::default();
        let counter = Self {
            order: input.order_id,
            lines: wanted(input.lines),
            warehouse: input.warehouse_id,
            signer: checks.text(&["input", "signer"], &input.signer, 1, 100),
            note: checks.optional_text(&["input", "note"], input.note.as_deref(), 500),
            files: input.file_ids,
        };
        lines::check(&mut checks, counter.lines.as_deref());
        proof::check(&mut checks, &counter.files);
        checks.finish()?;
        Ok(counter)
    }

    /// As a delivery whose number is not taken yet.
    async fn whole(&self, tx: &mut TenantTx, orders: &Orders) -> ServiceResult<Whole> {
        let order = of_order(orders.get(&self.order))?;
        let warehouse = warehouse(tx, self.warehouse, &order.row).await?;
        let day = today(tx).await?;
        let terms = Terms {
            planned_on: Some(day),
            method: Some(DeliveryMethod::Pickup),
            address_line: None,
            city: None,
            postcode: None,
            instructions: None,
            note: self.note.clone(),
        };
        let mut row = terms.row(tx, &order.row, (warehouse, day));
        let now = tx.now();
        // What is handed over here goes nowhere.
        (row.address_line, row.city, row.postcode) = (None, None, None);
        row.state = DeliveryState::Delivered;
        row.signer = Some(self.signer.clone());
        (row.dispatched_at, row.delivered_at) = (Some(now), Some(now));
        let of = (order, row.id, warehouse);
        let lines = lines::rows(tx, of, self.lines.as_deref()).await?;
        Ok(Whole { row, lines })
    }
}

/// Counts all of a delivery as handed over.
fn hand_over(orders: &mut Orders, whole: &mut Whole) -> AppResult<()> {
    for line in &mut whole.lines {
        let of = line_mut(orders, (whole.row.order_id, line.order_line_id))?;
        of.planned -= line.quantity;
        of.delivered += line.quantity;
        line.delivered = Some(line.quantity);
    }
    if whole.lines.is_empty() {
        return Err(AppError::internal("nothing to hand over"));
    }
    Ok(())
}
