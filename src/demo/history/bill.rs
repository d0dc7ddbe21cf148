//! Invoices, and how they are paid.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::Play;
use super::sell::Way;
use super::world::Buyer;
use crate::dealer::accounts::model::{
    AllocationId, AllocationRow, EntryId, EntryKind, EntryRow, ItemRow,
};
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::deliveries::model::DeliveryLineId;
use crate::dealer::invoices::model::{
    InvoiceId, InvoiceKind, InvoiceLineId, InvoiceLineRow, InvoiceRow, InvoiceState,
};
use crate::dealer::orders::model::OrderLineRow;
use crate::dealer::orders::progress;
use crate::dealer::payments::model::{
    PaymentDirection, PaymentId, PaymentMethod, PaymentRow, PaymentState,
};
use crate::dealer::reports::keep::{SoldDocument, SoldLine};
use crate::error::{AppError, AppResult};

/// Orders on one invoice.
const MOST_ORDERS: usize = 12;

/// An invoice that waits for its money.
#[derive(Debug)]
pub(super) struct Debt {
    buyer: usize,
    item: ItemRow,
}

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
            progress::bring_up(&mut order.row, &order.lines).map_err(AppError::internal)?;
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

    /// An invoice comes into the account, and somebody decides when it is paid.
    fn owe(
        &mut self,
        (buyer, id): (usize, EntryId),
        invoice: &InvoiceRow,
        (day, due_on, at): (NaiveDate, NaiveDate, DateTime<Utc>),
    ) {
        let entry = EntryRow {
            id,
            customer_id: invoice.customer_id,
            job_id: invoice.job_id,
            kind: EntryKind::Invoice,
            reference: invoice.number.map(|number| number.to_string()),
            note: None,
            amount: invoice.gross(),
            document_on: day,
            due_on,
            source_id: Some(invoice.id.uuid()),
            reverses_id: None,
            posted_by: self.salesperson,
            posted_at: at,
        };
        let item = ItemRow::from(&entry);
        self.rows.entries.push(entry);
        let pays_on = self.pays_on(day, due_on);
        self.debts
            .entry(pays_on)
            .or_default()
            .push(Debt { buyer, item });
    }

    /// Most pay in time, some late, and a few wait very long.
    fn pays_on(&mut self, day: NaiveDate, due_on: NaiveDate) -> NaiveDate {
        if due_on == day {
            return day;
        }
        let late = match self.dice.below(100) {
            0..70 => return due_on.max(day),
            70..90 => self.dice.from_to(1, 15),
            90..98 => self.dice.from_to(16, 70),
            _ => 400,
        };
        due_on.checked_add_days(Days::new(late)).unwrap_or(due_on)
    }

    /// Those who pay on a day do.
    pub(super) fn collect(&mut self, (day, at): (NaiveDate, DateTime<Utc>)) {
        let debts = self.debts.remove(&day).unwrap_or_default();
        let mut by_buyer: BTreeMap<usize, Vec<ItemRow>> = BTreeMap::new();
        for debt in debts {
            by_buyer.entry(debt.buyer).or_default().push(debt.item);
        }
        for (_, items) in by_buyer {
            self.pay(items, (day, at));
        }
    }

    /// One payment for some invoices of a customer.
    fn pay(&mut self, items: Vec<ItemRow>, (day, at): (NaiveDate, DateTime<Utc>)) {
        let Some(customer) = items.first().map(|item| item.customer_id) else {
            return;
        };
        let amount: Decimal = items.iter().map(|item| item.amount).sum();
        self.numbers.payments += 1;
        let number = self.numbers.payments;
        let is_cash = items.iter().all(|item| item.due_on == item.document_on);
        let payment = PaymentId::from_uuid(self.dice.id(at));
        let entry = EntryRow {
            id: EntryId::from_uuid(self.dice.id(at)),
            customer_id: customer,
            job_id: None,
            kind: EntryKind::Payment,
            reference: Some(number.to_string()),
            note: None,
            amount: -amount,
            document_on: day,
            due_on: day,
            source_id: Some(payment.uuid()),
            reverses_id: None,
            posted_by: self.salesperson,
            posted_at: at,
        };
        let settled = |item: ItemRow| ItemRow {
            allocated: item.amount,
            settled_on: Some(day),
            ..item
        };
        for item in &items {
            self.rows.allocations.push(AllocationRow {
                id: AllocationId::from_uuid(self.dice.id(at)),
                customer_id: customer,
                credit_entry_id: entry.id,
                debit_entry_id: item.entry_id,
                amount: item.amount,
                undoes_id: None,
                allocated_on: day,
                allocated_by: self.salesperson,
                allocated_at: at,
            });
        }
        self.rows.items.push(settled(ItemRow::from(&entry)));
        self.rows.items.extend(items.into_iter().map(settled));
        let row = self.payment_row((payment, number, is_cash), &entry, at);
        self.rows.entries.push(entry);
        self.rows.payments.push(row);
    }

    fn payment_row(
        &self,
        (id, number, is_cash): (PaymentId, i64, bool),
        entry: &EntryRow,
        at: DateTime<Utc>,
    ) -> PaymentRow {
        PaymentRow {
            id,
            number,
            direction: PaymentDirection::In,
            state: PaymentState::Recorded,
            customer_id: entry.customer_id,
            job_id: None,
            order_id: None,
            method: if is_cash {
                PaymentMethod::Cash
            } else {
                PaymentMethod::BankTransfer
            },
            amount: -entry.amount,
            currency: self.world.currency.clone(),
            paid_on: entry.document_on,
            external_ref: (!is_cash).then(|| format!("TRF-{number:06}")),
            note: None,
            entry_id: entry.id,
            reversal_reason: None,
            recorded_by: self.salesperson,
            reconciled_at: None,
            reversed_at: None,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }

    /// What nobody has paid yet.
    pub(super) fn leave_debts(&mut self) {
        for (_, debts) in std::mem::take(&mut self.debts) {
            self.rows
                .items
                .extend(debts.into_iter().map(|debt| debt.item));
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
