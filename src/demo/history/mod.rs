//! A history for a shop of the demo: what was ordered, delivered, billed and paid in some
//! months.
//!
//! It is played in memory, day by day, and written table by table, many rows a statement. The
//! arithmetic is that of the shop (`Balance`, `progress::bring_up`, `keep::Sums`,
//! `commitment::renew`), so that the same proofs hold: `check` runs them. Nothing is told as
//! an event: nobody was there to hear it. The same seed makes the same history of the same
//! shop on the same day.

mod bill;
mod bring;
mod check;
mod dice;
mod pay;
mod query;
mod rows;
mod seasons;
mod sell;
mod world;
mod yard;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use self::dice::Dice;
use self::pay::Debt;
use self::rows::Rows;
use self::sell::Way;
use self::world::World;
use self::yard::{Spot, Yard};
use super::data::DemoDealer;
use super::load::decimal;
use crate::dealer::deliveries::model::{DeliveryId, DeliveryState};
use crate::dealer::invoices::model::InvoiceId;
use crate::dealer::numbering;
use crate::dealer::orders::fulfil::LockedOrder;
use crate::dealer::orders::model::OrderId;
use crate::dealer::orders::progress;
use crate::dealer::payments::model::PaymentId;
use crate::dealer::stock::holds::model::{ReservationId, ReservationRow, ReservationSource};
use crate::dealer::stock::ledger::model::MovementKind;
use crate::error::{AppError, AppResult};
use crate::tenancy::TenantTx;

pub use self::check::check;

/// Lines of an order on average.
const LINES: u64 = 5;

/// What history to make.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many months back it begins.
    pub months: u32,
    /// About how many lines are ordered in all.
    pub lines: u64,
    /// Which history: the same for the same seed.
    pub seed: u64,
}

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Orders.
    pub orders: i64,
    /// Their lines.
    pub lines: usize,
    /// Deliveries.
    pub deliveries: i64,
    /// Invoices.
    pub invoices: i64,
    /// Payments.
    pub payments: i64,
}

#[derive(Debug, Default)]
struct Numbers {
    orders: i64,
    deliveries: i64,
    invoices: i64,
    payments: i64,
}

/// A history while it is played.
#[derive(Debug)]
struct Play<'a> {
    world: &'a World,
    dice: Dice,
    yard: Yard,
    rows: Rows,
    numbers: Numbers,
    salesperson: Option<Uuid>,
    /// From the day at hand to today.
    days_left: u32,
    /// What is ordered, by the day on which it comes.
    ways: BTreeMap<NaiveDate, Vec<Way>>,
    /// What is delivered and waits for the end of the month, by buyer.
    unbilled: BTreeMap<usize, Vec<Way>>,
    /// Invoices, by the day on which they are paid.
    debts: BTreeMap<NaiveDate, Vec<Debt>>,
    /// Orders that something is still to be done for.
    open: BTreeMap<OrderId, LockedOrder>,
}

/// Makes a history of the shop of `tx`, which has goods and customers, and neither stock nor
/// documents.
pub(super) async fn play(
    tx: &mut TenantTx,
    demo: &DemoDealer,
    plan: Plan,
    salesperson: Option<Uuid>,
) -> AppResult<Made> {
    let mut dice = Dice::new(plan.seed, u64::from(demo.barcode_prefix));
    let world = World::of(tx, plan.months, &mut dice).await?;
    let mut shop = Play {
        yard: Yard::open(tx, &world).await?,
        world: &world,
        dice,
        rows: Rows::default(),
        numbers: Numbers::default(),
        salesperson,
        days_left: 0,
        ways: BTreeMap::new(),
        unbilled: BTreeMap::new(),
        debts: BTreeMap::new(),
        open: BTreeMap::new(),
    };
    shop.begin(demo)?;
    let days: Vec<NaiveDate> = world.days.iter().map(|day| day.0).collect();
    let counts = seasons::spread(plan.lines.div_ceil(LINES), &days);
    for (index, (day, count)) in world.days.iter().zip(counts).enumerate() {
        shop.days_left = u32::try_from(world.days.len() - index - 1).unwrap_or(0);
        shop.day(*day, count)?;
        if shop.rows.are_enough() {
            shop.rows.write(tx).await?;
        }
    }
    shop.end(tx).await
}

impl Play<'_> {
    /// What lay there on the first day.
    fn begin(&mut self, demo: &DemoDealer) -> AppResult<()> {
        let began = self.world.days.first().map_or(self.world.now, |day| day.1);
        self.days_left = u32::try_from(self.world.days.len()).unwrap_or(0);
        let codes = demo.warehouses.iter().map(|warehouse| warehouse.code);
        let mut codes: Vec<&str> = codes.collect();
        codes.sort_unstable();
        for warehouse in demo.warehouses {
            let Ok(place) = codes.binary_search(&warehouse.code) else {
                continue;
            };
            for stock in warehouse.stock {
                if let Some(spot) = self.spot(stock.sku, place) {
                    let there = decimal(stock.on_hand)?;
                    self.receive((spot, began), there, MovementKind::Opening)?;
                }
            }
        }
        Ok(())
    }

    /// Where goods with this SKU lie.
    fn spot(&self, sku: &str, place: usize) -> Option<Spot> {
        let mut goods = self.world.goods.iter();
        let goods = goods.position(|goods| goods.row.sku == sku)?;
        (place < self.world.warehouses.len()).then_some((goods, place))
    }

    /// A day: goods go out, orders come in, and at its end bills and payments.
    fn day(&mut self, (day, began): (NaiveDate, DateTime<Utc>), count: u64) -> AppResult<()> {
        let now = self.world.now;
        let at = |minutes: u64| {
            let minutes = TimeDelta::minutes(i64::try_from(minutes).unwrap_or(0));
            (began + minutes).min(now)
        };
        if self.days_left > 0 {
            for way in self.ways.remove(&day).unwrap_or_default() {
                let minute = self.dice.within(8 * 60, 12 * 60);
                self.deliver(way, (day, at(minute)))?;
            }
        }
        let mut minutes: Vec<u64> = (0..count)
            .map(|_| self.dice.within(7 * 60, 17 * 60))
            .collect();
        minutes.sort_unstable();
        for minute in minutes {
            self.order((day, at(minute)))?;
        }
        let evening = (day, at(18 * 60));
        let is_last = day
            .succ_opt()
            .is_some_and(|next| next.month() != day.month());
        if is_last {
            self.bill_month(evening)?;
        }
        self.collect(evening);
        Ok(())
    }

    /// An order of which all is delivered and billed.
    fn done(&mut self, way: Way) {
        if let Some((delivery, lines)) = way.delivery {
            self.rows.deliveries.push(delivery);
            self.rows.delivery_lines.extend(lines);
        }
        self.rows.orders.push(way.order.row);
        self.rows.order_lines.extend(way.order.lines);
    }

    /// Writes the rest: what is not delivered, not billed, not paid.
    async fn end(mut self, tx: &mut TenantTx) -> AppResult<Made> {
        let today = self.world.days.last().map(|day| day.0).unwrap_or_default();
        for (comes_on, ways) in std::mem::take(&mut self.ways) {
            for way in ways {
                self.leave(way, comes_on.max(today))?;
            }
        }
        for (_, ways) in std::mem::take(&mut self.unbilled) {
            for mut way in ways {
                let order = &mut way.order;
                progress::bring_up(&mut order.row, &order.lines, &order.credited)
                    .map_err(AppError::internal)?;
                self.open.insert(order.row.id, order.clone());
                self.done(way);
            }
        }
        self.leave_debts();
        self.rows.write(tx).await?;
        rows::write_commitments(tx, std::mem::take(&mut self.open)).await?;
        let Self {
            yard,
            mut dice,
            rows,
            numbers,
            ..
        } = self;
        yard.close(tx, &mut dice).await?;
        for (kind, count) in [
            (OrderId::PREFIX, numbers.orders),
            (DeliveryId::PREFIX, numbers.deliveries),
            (InvoiceId::PREFIX, numbers.invoices),
            (PaymentId::PREFIX, numbers.payments),
        ] {
            let is_first = count == 0 || numbering::next_many(tx, kind, count).await? == 1;
            if !is_first {
                return Err(AppError::internal("the shop had documents before"));
            }
        }
        Ok(Made {
            orders: numbers.orders,
            lines: rows.written_lines,
            deliveries: numbers.deliveries,
            invoices: numbers.invoices,
            payments: numbers.payments,
        })
    }

    /// An order whose goods are promised; those that come soon are on a delivery.
    fn leave(&mut self, mut way: Way, comes_on: NaiveDate) -> AppResult<()> {
        let at = way.order.row.created_at;
        for (line, spot) in way.order.lines.iter().zip(&way.spots) {
            let level = self.yard.at(*spot)?;
            self.rows.reservations.push(ReservationRow {
                id: ReservationId::from_uuid(self.dice.id(at)),
                product_id: level.product_id,
                warehouse_id: level.warehouse_id,
                quantity: line.quantity,
                open: line.quantity,
                unit_id: line.unit_id,
                unit_quantity: line.unit_quantity,
                source: ReservationSource::Order,
                source_id: line.id.uuid(),
                reason: None,
                version: 1,
                created_at: at,
                updated_at: at,
            });
        }
        let today = self.world.days.last().map(|day| day.0).unwrap_or_default();
        if (comes_on - today).num_days() <= 2 {
            for line in &mut way.order.lines {
                line.planned = line.quantity;
            }
            let delivery = self.delivery(&way, (comes_on, at), DeliveryState::Planned);
            way.delivery = Some(delivery);
        }
        self.open.insert(way.order.row.id, way.order.clone());
        self.done(way);
        Ok(())
    }
}
