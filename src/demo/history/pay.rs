//! What is owed, and how it is paid.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::Play;
use crate::dealer::accounts::model::{
    AllocationId, AllocationRow, EntryId, EntryKind, EntryRow, ItemRow,
};
use crate::dealer::invoices::model::InvoiceRow;
use crate::dealer::payments::model::{
    PaymentDirection, PaymentId, PaymentMethod, PaymentRow, PaymentState,
};

/// An invoice that waits for its money.
#[derive(Debug)]
pub(super) struct Debt {
    buyer: usize,
    item: ItemRow,
}

impl Play<'_> {
    /// An invoice comes into the account, and somebody decides when it is paid.
    pub(super) fn owe(
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
            70..90 => self.dice.within(1, 15),
            90..98 => self.dice.within(16, 70),
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
