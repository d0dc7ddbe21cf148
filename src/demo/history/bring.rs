//! Deliveries.

use chrono::{DateTime, NaiveDate, Utc};

use super::Play;
use super::sell::Way;
use super::yard::Move;
use crate::dealer::deliveries::model::{
    DeliveryId, DeliveryLineId, DeliveryLineRow, DeliveryMethod, DeliveryRow, DeliveryState,
};
use crate::dealer::orders::model::OrderLineRow;
use crate::dealer::stock::ledger::model::MovementKind;
use crate::dealer::stock::ledger::posting::Source;
use crate::error::AppResult;

impl Play<'_> {
    /// Goods are handed over; what is billed at once is billed.
    pub(super) fn deliver(
        &mut self,
        mut way: Way,
        (day, at): (NaiveDate, DateTime<Utc>),
    ) -> AppResult<()> {
        let (delivery, mut lines) = self.delivery(&way, (day, at), DeliveryState::Delivered);
        let source = delivery.id.uuid();
        let each = way.order.lines.iter_mut().zip(&way.spots).zip(&mut lines);
        for ((line, spot), delivered) in each {
            self.yard.at(*spot)?.reserved -= line.quantity;
            let source = Source {
                prefix: DeliveryId::PREFIX,
                id: source,
                line: Some(delivered.id.uuid()),
            };
            let go = (MovementKind::Issue, Move::Out(line.quantity));
            let row = self
                .yard
                .post(&mut self.dice, (*spot, at), go, Some(source))?;
            delivered.cost = Some(-row.value);
            delivered.delivered = Some(line.quantity);
            line.delivered = line.quantity;
            self.rows.movements.push(row);
        }
        way.order.row.version += 1;
        way.order.row.updated_at = at;
        way.delivery = Some((delivery, lines));
        let is_monthly = self
            .world
            .buyers
            .get(way.buyer)
            .is_some_and(|buyer| buyer.is_monthly);
        if is_monthly {
            self.unbilled.entry(way.buyer).or_default().push(way);
            return Ok(());
        }
        self.bill(vec![way], (day, at))
    }

    /// The delivery of an order, and its lines.
    pub(super) fn delivery(
        &mut self,
        way: &Way,
        (day, at): (NaiveDate, DateTime<Utc>),
        state: DeliveryState,
    ) -> (DeliveryRow, Vec<DeliveryLineRow>) {
        self.numbers.deliveries += 1;
        let (order, is_done) = (&way.order.row, state == DeliveryState::Delivered);
        let method = if order.is_pickup {
            DeliveryMethod::Pickup
        } else {
            DeliveryMethod::Truck
        };
        let row = DeliveryRow {
            id: DeliveryId::from_uuid(self.dice.id(at)),
            number: self.numbers.deliveries,
            order_id: order.id,
            customer_id: order.customer_id,
            job_id: order.job_id,
            warehouse_id: order.warehouse_id,
            run_id: None,
            stop: None,
            method,
            state,
            planned_on: day,
            address_line: order.address_line.clone(),
            city: order.city.clone(),
            postcode: None,
            instructions: None,
            note: None,
            signer: is_done.then(|| "Foreman".to_owned()),
            failure_reason: None,
            dispatched_at: is_done.then_some(at),
            delivered_at: is_done.then_some(at),
            version: if is_done { 4 } else { 1 },
            created_at: at,
            updated_at: at,
        };
        let line = |line: &OrderLineRow| DeliveryLineRow {
            id: DeliveryLineId::from_uuid(self.dice.id(at)),
            delivery_id: row.id,
            customer_id: row.customer_id,
            position: line.position,
            order_line_id: line.id,
            product_id: line.product_id,
            unit_id: line.unit_id,
            num: line.num,
            den: line.den,
            unit_quantity: line.unit_quantity,
            quantity: line.quantity,
            delivered: None,
            weight: None,
            cost: None,
        };
        let lines = way.order.lines.iter().map(line).collect();
        (row, lines)
    }
}
