//! Invoices.

use chrono::{DateTime, Days, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::Play;
use super::sell::Way;
use super::world::Buyer;
use crate::dealer::accounts::model::EntryId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::deliveries::model::DeliveryLineId;
use crate::dealer::invoices::model::{
    InvoiceId, InvoiceKind, InvoiceLineId, InvoiceLineRow, InvoiceRow, InvoiceState,
};
use crate::dealer::orders::model::OrderLineRow;
use crate::dealer::orders::progress;
use crate::dealer::reports::keep::{SoldDocument, SoldLine};
use crate::error::{AppError, AppResult};

/// Orders on one invoice.
const MOST_ORDERS: usize = 12;

impl Play<'_> {
    /// Bills all that was delivered to those who are billed by the month, site by site.
    pub(super) fn bill_month(&mut self, when: (NaiveDate, DateTime<Utc>)) -> AppResult<()> {
        for (_, mut ways) in std::mem::take(&mut self.unbilled) {
            ways.sort_by_key(|way| (way.order.row.job_id, way.order.row.number));
            let mut bill: Vec<Way> = Vec::new();
            for way in ways {
                let job = bill.first().map(|first| first.order.row.job_id);
                let is_full = bill.len() == MOST_ORDERS;
                if is_full || job.is_some_and(|job| job != way.order.row.job_id) {
                    self.bill(std::mem::take(&mut bill), when)?;
                }
                bill.push(way);
            }
            self.bill(bill, when)?;
        }
        Ok(())
    }

    /// Bills orders of one customer and job that are delivered.
    pub(super) fn bill(
        &mut self,
        mut ways: Vec<Way>,
        (day, at): (NaiveDate, DateTime<Utc>),
    ) -> AppResult<()> {
        let Some(first) = ways.first() else {
            return Ok(());
        };
        let (place, job) = (first.buyer, first.order.row.job_id);
        let id = InvoiceId::from_uuid(self.dice.id(at));
        let mut lines = Vec::new();
        for way in &mut ways {
            let (_, delivered) = way.delivery.as_ref().ok_or_else(undelivered)?;
            for (line, delivered) in way.order.lines.iter_mut().zip(delivered) {
                let sources = (delivered.id, delivered.cost);
                lines.push(self.invoice_line((id, lines.len()), line, sources, at));
                line.invoiced = line.quantity;
                line.invoiced_net = line.net;
            }
            let order = &mut way.order;
            progress::bring_up(&mut order.row, &order.lines, &order.credited)
                .map_err(AppError::internal)?;
            order.row.version += 1;
            order.row.updated_at = at;
        }
        let net: Decimal = lines.iter().map(|line| line.net).sum();
        let sold = SoldDocument {
            day,
            is_credit: false,
            customer: first_customer(&lines)?,
            job,
            lines: lines.iter().map(SoldLine::from).collect(),
        };
        let seller = self.salesperson.unwrap_or_default();
        self.rows.sums.add(&sold, |_| seller);
        let buyer = self.world.buyers.get(place).ok_or_else(undelivered)?;
        let row = self.invoice_row((id, net), (buyer, job), (day, at));
        if let (Some(entry), Some(due_on)) = (row.entry_id, row.due_on) {
            self.owe((place, entry), &row, (day, due_on, at));
        }
        self.rows.invoices.push(row);
        self.rows.invoice_lines.extend(lines);
        for way in ways {
            self.done(way);
        }
        Ok(())
    }

    fn invoice_row(
        &mut self,
        (id, net): (InvoiceId, Decimal),
        (buyer, job): (&Buyer, Option<JobId>),
        (day, at): (NaiveDate, DateTime<Utc>),
    ) -> InvoiceRow {
        self.numbers.invoices += 1;
        let terms = Days::new(u64::try_from(buyer.row.terms_days).unwrap_or(0));
        let entry = (net > Decimal::ZERO).then(|| EntryId::from_uuid(self.dice.id(at)));
        InvoiceRow {
            id,
            kind: InvoiceKind::Invoice,
            state: InvoiceState::Posted,
            number: Some(self.numbers.invoices),
            customer_id: buyer.row.id,
            job_id: job,
            credits_id: None,
            currency: self.world.currency.clone(),
            name: buyer.row.name.clone(),
            tax_id: buyer.row.tax_id.clone(),
            address_line: buyer.row.address_line.clone(),
            city: buyer.row.city.clone(),
            postcode: buyer.row.postcode.clone(),
            country: buyer.row.country.clone(),
            reference: None,
            reason: None,
            note: None,
            issued_on: Some(day),
            due_on: Some(day.checked_add_days(terms).unwrap_or(day)),
            net,
            tax: Decimal::ZERO,
            entry_id: entry,
            posted_by: self.salesperson,
            posted_at: Some(at),
            version: 2,
            created_at: at,
            updated_at: at,
            settings_id: None,
        }
    }

    fn invoice_line(
        &mut self,
        (invoice, position): (InvoiceId, usize),
        line: &OrderLineRow,
        (delivered, cost): (DeliveryLineId, Option<Decimal>),
        at: DateTime<Utc>,
    ) -> InvoiceLineRow {
        let goods = self.world.goods.iter();
        let mut goods = goods.filter(|goods| goods.row.id == line.product_id);
        let name = goods.next().map(|goods| goods.row.name.clone());
        InvoiceLineRow {
            id: InvoiceLineId::from_uuid(self.dice.id(at)),
            invoice_id: invoice,
            credits_id: None,
            customer_id: line.customer_id,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            is_posted: true,
            order_line_id: Some(line.id),
            delivery_line_id: Some(delivered),
            credits_line_id: None,
            product_id: Some(line.product_id),
            description: name.unwrap_or_default(),
            unit_id: Some(line.unit_id),
            num: line.num,
            den: line.den,
            unit_quantity: line.unit_quantity,
            quantity: line.quantity,
            unit_price: line.unit_price,
            price_unit_id: Some(line.price_unit_id),
            price_num: line.price_num,
            price_den: line.price_den,
            discount: line.discount,
            net: line.net,
            tax_rate: line.tax_rate,
            tax: Decimal::ZERO,
            cost,
            is_rebilled: false,
        }
    }
}

fn first_customer(lines: &[InvoiceLineRow]) -> AppResult<CustomerId> {
    let first = lines.first().ok_or_else(undelivered)?;
    Ok(first.customer_id)
}

fn undelivered() -> AppError {
    AppError::internal("a bill of what was not delivered")
}
