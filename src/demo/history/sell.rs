//! Orders.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::Play;
use super::world::Goods;
use super::yard::{Move, Spot};
use crate::dealer::deliveries::model::{DeliveryLineRow, DeliveryRow};
use crate::dealer::orders::fulfil::LockedOrder;
use crate::dealer::orders::model::{
    OrderId, OrderLineId, OrderLineRow, OrderProgress, OrderRow, OrderSourcing, OrderState,
    SalePriceSource,
};
use crate::dealer::orders::progress;
use crate::dealer::stock::ledger::model::MovementKind;
use crate::error::{AppError, AppResult};
use crate::kernel::money::{changed_by, line_amount, rounded};
use crate::kernel::ratio::Ratio;

/// What goods cost, in percent of their list price.
const COST_PERCENT: i64 = 72;

/// An order on its way.
#[derive(Debug)]
pub(super) struct Way {
    /// Whose it is, as a place in the list of buyers.
    pub(super) buyer: usize,
    pub(super) order: LockedOrder,
    /// Where the goods of each line lie.
    pub(super) spots: Vec<Spot>,
    /// Where they are delivered by, and what they had cost; none before.
    pub(super) delivery: Option<(DeliveryRow, Vec<DeliveryLineRow>)>,
}

impl Play<'_> {
    /// Somebody orders something; what he waits for is on its way then, or with him.
    pub(super) fn order(&mut self, (day, at): (NaiveDate, DateTime<Utc>)) -> AppResult<()> {
        let buyer = self.dice.weighted(&self.world.buyer_weights);
        let place = usize::from(self.dice.chance(30)).min(self.world.warehouses.len() - 1);
        let is_pickup = self.dice.chance(25);
        let days = if is_pickup { 0 } else { self.dice.within(1, 6) };
        let wanted_on = day.checked_add_days(Days::new(days)).unwrap_or(day);
        let row = self.order_row((buyer, place), at, (wanted_on, is_pickup))?;
        let mut order = LockedOrder {
            row,
            lines: Vec::new(),
            credited: progress::Credited::new(),
        };
        let (count, mut spots) = (self.dice.within(1, 9), Vec::new());
        for position in 0..count {
            let goods = self.dice.weighted(&self.world.goods_weights);
            let line = self.line(&order.row, (buyer, goods), position)?;
            self.promise((goods, place), line.quantity, at)?;
            order.lines.push(line);
            spots.push((goods, place));
        }
        progress::bring_up(&mut order.row, &order.lines, &order.credited)
            .map_err(AppError::internal)?;
        let way = Way {
            buyer,
            order,
            spots,
            delivery: None,
        };
        if is_pickup {
            let delivered_at = (at + TimeDelta::minutes(20)).min(self.world.now);
            return self.deliver(way, (day, delivered_at));
        }
        // Some wait longer than they wanted.
        let late = if self.dice.chance(12) {
            self.dice.within(1, 4)
        } else {
            0
        };
        let comes_on = wanted_on
            .checked_add_days(Days::new(late))
            .unwrap_or(wanted_on);
        self.ways.entry(comes_on).or_default().push(way);
        Ok(())
    }

    fn order_row(
        &mut self,
        (buyer, place): (usize, usize),
        at: DateTime<Utc>,
        (wanted_on, is_pickup): (NaiveDate, bool),
    ) -> AppResult<OrderRow> {
        let world = self.world;
        let buyer = world.buyers.get(buyer).ok_or_else(nobody)?;
        let job = self.dice.one_of(&buyer.jobs);
        self.numbers.orders += 1;
        Ok(OrderRow {
            id: OrderId::from_uuid(self.dice.id(at)),
            number: self.numbers.orders,
            customer_id: buyer.row.id,
            job_id: job.map(|job| job.id),
            quote_id: None,
            state: OrderState::Confirmed,
            warehouse_id: world.warehouses.get(place).copied().ok_or_else(nobody)?,
            currency: world.currency.clone(),
            wanted_on: Some(wanted_on),
            is_pickup,
            address_line: job.map(|job| job.address_line.clone()),
            city: job.map(|job| job.city.clone()),
            postcode: None,
            instructions: None,
            reference: job.and_then(|job| job.po_number.clone()),
            note: None,
            hold_reason: None,
            held_at: None,
            net: Decimal::ZERO,
            tax: Decimal::ZERO,
            salesperson: self.salesperson,
            fulfilment: OrderProgress::None,
            billing: OrderProgress::None,
            confirmed_at: Some(at),
            placed_by: None,
            approval: None,
            approval_by: None,
            approval_reason: None,
            version: 2,
            created_at: at,
            updated_at: at,
        })
    }

    fn line(
        &mut self,
        order: &OrderRow,
        (buyer, goods): (usize, usize),
        position: u64,
    ) -> AppResult<OrderLineRow> {
        let world = self.world;
        let buyer = world.buyers.get(buyer).ok_or_else(nobody)?;
        let goods = world.goods.get(goods).ok_or_else(nobody)?;
        let ((unit, num), count) = self.amount(goods);
        let quantity = Decimal::from(count) * Decimal::from(num);
        let price = self.price(goods)?;
        let discount = Decimal::from(buyer.discount);
        let net = net(price, discount, quantity, world.digits)?;
        Ok(OrderLineRow {
            id: OrderLineId::from_uuid(self.dice.id(order.created_at)),
            order_id: order.id,
            customer_id: order.customer_id,
            position: i32::try_from(position).unwrap_or(0),
            chooses_warehouse: false,
            product_id: goods.row.id,
            unit_id: unit,
            num,
            den: 1,
            unit_quantity: count.into(),
            quantity,
            unit_price: price,
            price_unit_id: goods.row.base_unit_id,
            price_num: 1,
            price_den: 1,
            price_source: SalePriceSource::ListPrice,
            price_rule_id: None,
            price_reason: None,
            discount,
            net,
            tax_rate: Decimal::ZERO,
            sourcing: OrderSourcing::Stock,
            warehouse_id: Some(order.warehouse_id),
            purchase_line_id: None,
            planned: Decimal::ZERO,
            delivered: Decimal::ZERO,
            invoiced: Decimal::ZERO,
            invoiced_net: Decimal::ZERO,
            invoiced_tax: Decimal::ZERO,
            returned: Decimal::ZERO,
            cancelled: Decimal::ZERO,
            note: None,
        })
    }

    /// A unit, how many base units it is, and how many of it: few of what is dear, many of
    /// what is cheap.
    fn amount(
        &mut self,
        goods: &Goods,
    ) -> ((crate::dealer::catalog::units::model::UnitId, i64), u64) {
        let spends = self.world.middle * Decimal::from(self.dice.within(4, 70));
        let count = (spends / goods.row.list_price).round();
        let count = u64::try_from(count).unwrap_or(1).clamp(1, 4_000);
        let packs = goods.packs.iter().rev();
        let mut packs = packs.filter(|(_, num)| u64::try_from(*num).is_ok_and(|num| num <= count));
        match packs.next() {
            Some(pack) if self.dice.chance(50) => {
                let num = u64::try_from(pack.1).unwrap_or(1);
                (*pack, count / num)
            }
            _ => ((goods.row.base_unit_id, 1), count),
        }
    }

    /// The list price as it was: prices drift up.
    fn price(&self, goods: &Goods) -> AppResult<Decimal> {
        let drift = Decimal::new(-i64::from(self.days_left), 2);
        let price = changed_by(goods.row.list_price, drift.max(Decimal::from(-40)));
        let price = rounded(price.map_err(AppError::internal)?, self.world.digits.min(4));
        Ok(price.max(Decimal::new(1, self.world.digits.min(4))))
    }

    /// Goods are promised; where there are too few, the supplier comes before.
    fn promise(&mut self, spot: Spot, quantity: Decimal, at: DateTime<Utc>) -> AppResult<()> {
        if self.yard.at(spot)?.available() < quantity {
            let times = Decimal::from(self.dice.within(4, 12));
            self.receive((spot, at), quantity * times, MovementKind::Receipt)?;
        }
        self.yard.at(spot)?.reserved += quantity;
        Ok(())
    }

    /// Goods come.
    pub(super) fn receive(
        &mut self,
        (spot, at): (Spot, DateTime<Utc>),
        quantity: Decimal,
        kind: MovementKind,
    ) -> AppResult<()> {
        let world = self.world;
        let goods = world.goods.get(spot.0).ok_or_else(nobody)?;
        let share = COST_PERCENT - 4 + i64::try_from(self.dice.below(9)).unwrap_or(4);
        let cost = rounded(self.price(goods)? * Decimal::new(share, 2), 4);
        let come = (kind, Move::In(quantity, cost));
        let row = self.yard.post(&mut self.dice, (spot, at), come, None)?;
        self.rows.movements.push(row);
        Ok(())
    }
}

/// What a line comes to, discount taken off, rounded once.
fn net(price: Decimal, discount: Decimal, quantity: Decimal, digits: u32) -> AppResult<Decimal> {
    let whole = line_amount(price, Ratio::ONE, quantity, 4).map_err(AppError::internal)?;
    let less = changed_by(whole, -discount).map_err(AppError::internal)?;
    Ok(rounded(less, digits))
}

fn nobody() -> AppError {
    AppError::internal("a place in a list of the world that there is not")
}
