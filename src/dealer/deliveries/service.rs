//! Use cases of deliveries: planning them.

use async_graphql::MaybeUndefined;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::actions::DeliveryAction;
use super::events::{DeliveryCancelled, DeliveryLoaded, DeliveryPlanned, DeliveryUpdated};
use super::input::{DeliveryPlanInput, DeliveryStepInput, DeliveryUpdateInput};
use super::lines::{self, Wanted, wanted};
use super::model::{
    DeliveryChanges, DeliveryId, DeliveryLineRow, DeliveryRow, DeliveryRunId, DeliveryState,
};
use super::plan::{Terms, check_place, of_order, put_on, suits, warehouse};
use super::query;
use super::runs::model::DeliveryRunRow;
use super::runs::service::open as open_run;
use super::whole::{
    Orders, Whole, changed, line_mut, lock_alone, lock_one, lock_orders, missing, order_of,
};
use crate::dealer::numbering;
use crate::dealer::orders::fulfil;
use crate::error::{AppError, AppResult, ErrorCode, ServiceResult, UserError};
use crate::graphql::payload::{given, given_text};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Plans a delivery of goods of an order, which can not be planned again.
pub async fn plan(tx: &mut TenantTx, input: DeliveryPlanInput) -> ServiceResult<DeliveryRow> {
    let mut checks = Checks::default();
    let terms = Terms::checked(&mut checks, &input, tx.now());
    let wanted = wanted(input.lines);
    lines::check(&mut checks, wanted.as_deref());
    checks.finish()?;
    let mut orders = fulfil::lock(tx, &[input.order_id]).await?;
    let order = of_order(orders.get(&input.order_id))?;
    let warehouse = warehouse(tx, input.warehouse_id, &order.row).await?;
    let run = match input.run_id {
        Some(id) => Some(open_run(tx, id).await?),
        None => None,
    };
    let day = terms.planned_on.or(run.as_ref().map(|run| run.runs_on));
    let day = day.ok_or_else(|| AppError::internal("a delivery without a day"))?;
    let mut row = terms.row(tx, &order.row, (warehouse, day));
    let lines = lines::rows(tx, (order, row.id, warehouse), wanted.as_deref()).await?;
    if let Some(run) = run {
        suits(&row, &run)?;
        let stop = stop(tx, run.id, input.stop).await?;
        put_on(&mut row, run.id, stop);
    }
    count(&mut orders, (&row, &lines), Decimal::ONE)?;
    row.number = numbering::next(tx, DeliveryId::PREFIX).await?;
    query::insert(tx, &row, &lines).await?;
    fulfil::store(tx, orders).await?;
    tx.emit(&DeliveryPlanned((&row).into()));
    Ok(row)
}

/// Changes a delivery that is planned.
pub async fn update(tx: &mut TenantTx, input: DeliveryUpdateInput) -> ServiceResult<DeliveryRow> {
    let mut checks = Checks::default();
    check_place(&mut checks, (input.planned_on, input.stop));
    let mut text = |field: &'static str, value: &MaybeUndefined<String>, max| {
        given_text(&mut checks, &["input", field], value.clone(), max)
    };
    let changes = DeliveryChanges {
        address_line: text("addressLine", &input.address_line, 200),
        city: text("city", &input.city, 100),
        postcode: text("postcode", &input.postcode, 20),
        instructions: text("instructions", &input.instructions, 500),
        note: text("note", &input.note, 500),
        ..DeliveryChanges::none(tx.now())
    };
    let wanted = wanted(input.lines);
    lines::check(&mut checks, wanted.as_deref());
    checks.finish()?;
    let found = query::find_many(tx, &[input.id]).await?;
    let mut orders = lock_orders(tx, &found).await?;
    let found = found.into_iter().next().ok_or_else(missing)?;
    // Runs are locked before the deliveries on them.
    let run = match given(input.run_id).unwrap_or(found.run_id) {
        Some(id) => Some(open_run(tx, id).await?),
        None => None,
    };
    let key = (input.id, input.expected_version);
    let mut whole = lock_alone(tx, key, DeliveryAction::Update).await?;
    if whole.row.version != found.version {
        return Err(changed().into());
    }
    let place = Place {
        run,
        stop: input.stop,
        day: input.planned_on,
    };
    let changes = place.changes(tx, &whole.row, changes).await?;
    if let Some(wanted) = wanted {
        replan(tx, (&mut orders, &mut whole), &wanted).await?;
        fulfil::store(tx, orders).await?;
    }
    let row = change(tx, whole.row.id, changes).await?;
    tx.emit(&DeliveryUpdated((&row).into()));
    Ok(row)
}

/// Puts other lines in the place of those that are planned.
async fn replan(
    tx: &mut TenantTx,
    (orders, whole): (&mut Orders, &mut Whole),
    wanted: &[Wanted],
) -> ServiceResult<()> {
    let row = &whole.row;
    count(orders, (row, &whole.lines), Decimal::NEGATIVE_ONE)?;
    let order = order_of(orders, row.order_id)?;
    let of = (order, row.id, row.warehouse_id);
    whole.lines = lines::rows(tx, of, Some(wanted)).await?;
    count(orders, (row, &whole.lines), Decimal::ONE)?;
    Ok(query::replace_lines(tx, row.id, &whole.lines).await?)
}

/// Where on which run a delivery comes, and when.
struct Place {
    run: Option<DeliveryRunRow>,
    stop: Option<i32>,
    day: Option<chrono::NaiveDate>,
}

impl Place {
    async fn changes(
        self,
        tx: &mut TenantTx,
        row: &DeliveryRow,
        changes: DeliveryChanges,
    ) -> ServiceResult<DeliveryChanges> {
        let Some(run) = &self.run else {
            return self.alone(changes);
        };
        let id = run.id;
        let joins = row.run_id != Some(id);
        let mut moved = row.clone();
        moved.planned_on = match self.day {
            None if joins => run.runs_on,
            day => day.unwrap_or(row.planned_on),
        };
        suits(&moved, run)?;
        let stop = match self.stop {
            None if joins => Some(stop(tx, id, None).await?),
            stop => stop.or(row.stop),
        };
        Ok(DeliveryChanges {
            run_id: Some(Some(id)),
            stop: Some(stop),
            planned_on: Some(moved.planned_on),
            ..changes
        })
    }

    fn alone(self, changes: DeliveryChanges) -> ServiceResult<DeliveryChanges> {
        if self.stop.is_some() {
            let path = ["input", "stop"];
            return Err(UserError::at(ErrorCode::BadUserInput, &path, "needs a run").into());
        }
        Ok(DeliveryChanges {
            run_id: Some(None),
            stop: Some(None),
            planned_on: self.day,
            ..changes
        })
    }
}

/// The place that is asked for on a run, or the one behind the last.
async fn stop(tx: &mut TenantTx, run: DeliveryRunId, asked: Option<i32>) -> AppResult<i32> {
    match asked {
        Some(stop) => Ok(stop),
        None => Ok(query::next_stop(tx, run).await?),
    }
}

/// Says that the goods of a delivery are on the truck.
pub async fn load(tx: &mut TenantTx, input: DeliveryStepInput) -> ServiceResult<DeliveryRow> {
    let key = (input.id, input.expected_version);
    let (_orders, whole) = lock_one(tx, key, DeliveryAction::Load).await?;
    let changes = DeliveryChanges::to(DeliveryState::Loaded, tx.now());
    let row = change(tx, whole.row.id, changes).await?;
    tx.emit(&DeliveryLoaded((&row).into()));
    Ok(row)
}

/// Gives a delivery up whose goods have not left; they stay promised to the order.
pub async fn cancel(tx: &mut TenantTx, input: DeliveryStepInput) -> ServiceResult<DeliveryRow> {
    let key = (input.id, input.expected_version);
    let (mut orders, whole) = lock_one(tx, key, DeliveryAction::Cancel).await?;
    count(
        &mut orders,
        (&whole.row, &whole.lines),
        Decimal::NEGATIVE_ONE,
    )?;
    let changes = DeliveryChanges {
        run_id: Some(None),
        stop: Some(None),
        ..DeliveryChanges::to(DeliveryState::Cancelled, tx.now())
    };
    let row = change(tx, whole.row.id, changes).await?;
    fulfil::store(tx, orders).await?;
    tx.emit(&DeliveryCancelled((&row).into()));
    Ok(row)
}

/// Counts lines of a delivery as planned, or, times minus one, as planned no longer.
pub(super) fn count(
    orders: &mut Orders,
    (row, lines): (&DeliveryRow, &[DeliveryLineRow]),
    times: Decimal,
) -> AppResult<()> {
    for line in lines {
        let of = line_mut(orders, (row.order_id, line.order_line_id))?;
        of.planned += line.quantity * times;
    }
    Ok(())
}

async fn change(
    tx: &mut TenantTx,
    id: DeliveryId,
    changes: DeliveryChanges,
) -> AppResult<DeliveryRow> {
    let row = query::update(tx, &[id], changes).await?.pop();
    row.ok_or_else(|| AppError::internal("a delivery has vanished"))
}

/// Whose delivery this is; none if there is none.
pub async fn customer_of_delivery(tx: &mut TenantTx, id: Uuid) -> AppResult<Option<Uuid>> {
    let found = query::find_many(tx, &[DeliveryId::from_uuid(id)])
        .await?
        .pop();
    Ok(found.map(|row| row.customer_id.uuid()))
}
