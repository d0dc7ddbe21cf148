//! Inputs of invoices: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{InvoiceId, InvoiceKind, InvoiceLineId, InvoiceState};
use super::query::{self, InvoiceCondition};
use crate::db::tenant_tables::invoices;
use crate::dealer::customers::input::CustomerIdFilter;
use crate::dealer::customers::jobs::input::JobIdFilter;
use crate::dealer::deliveries::model::DeliveryId;
use crate::dealer::orders::model::OrderId;
use crate::error::AppResult;
use crate::graphql::filter::{
    DateFilter, DateTimeFilter, Where, bounded, day_of_common_era, nested_where, where_date,
    where_id, where_time,
};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// What gets a bill of its own.
#[derive(async_graphql::Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InvoiceScope {
    /// Each customer, whatever its jobs are.
    #[default]
    Customer,
    /// Each job of a customer, and what is for none.
    Job,
}

/// What of an order is billed.
#[derive(async_graphql::Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InvoiceBasis {
    /// What is delivered, and services.
    #[default]
    Delivered,
    /// All that is not cancelled: for payment in advance.
    Ordered,
}

/// Deliveries to bill.
#[derive(InputObject, Debug)]
pub struct InvoiceFromDeliveriesInput {
    /// Which deliveries, 1 to 100, all of them DELIVERED; of several customers, if you like.
    pub delivery_ids: Vec<DeliveryId>,
    /// What gets a bill of its own.
    #[graphql(default)]
    pub scope: InvoiceScope,
    /// The customer's own number of it; at most 100 characters.
    pub reference: Option<String>,
    /// In your own words, for the customer to read; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// An order to bill.
#[derive(InputObject, Debug)]
pub struct InvoiceFromOrderInput {
    /// Which order; one that is confirmed.
    pub order_id: OrderId,
    /// What of it.
    #[graphql(default)]
    pub basis: InvoiceBasis,
    /// The customer's own number of it, at most 100 characters; that of the order if absent.
    pub reference: Option<String>,
    /// In your own words, for the customer to read; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change of a draft; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct InvoiceUpdateInput {
    /// Which invoice.
    pub id: InvoiceId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// The customer's own number of it, at most 100 characters.
    pub reference: MaybeUndefined<String>,
    /// In your own words, for the customer to read; at most 500 characters.
    pub note: MaybeUndefined<String>,
    /// Lines to leave out; they can be billed by another invoice. One must stay.
    pub drop_line_ids: Option<Vec<InvoiceLineId>>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which draft to throw away or to post.
#[derive(InputObject, Debug)]
pub struct InvoiceStepInput {
    /// Which invoice.
    pub id: InvoiceId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent. Needed by invoicePost.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What of an invoice to credit. If lines and amounts are left out, all that is left of it.
#[derive(InputObject, Debug)]
pub struct CreditNoteCreateInput {
    /// Which invoice; one that is posted.
    pub invoice_id: InvoiceId,
    /// Why, for the customer to read; 1 to 200 characters.
    pub reason: String,
    /// What of its lines: 1 to 1000.
    pub lines: Option<Vec<CreditLineInput>>,
    /// Amounts that are of no line, at most 1000.
    pub amounts: Option<Vec<CreditAmountInput>>,
    /// Whether the quantities that are credited can be billed by another invoice: for an invoice
    /// that was wrong, or for goods that are not delivered. Otherwise they never are.
    #[graphql(default)]
    pub is_billed_again: bool,
    /// In your own words, for the customer to read; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What of a line to credit: a quantity or an amount.
#[derive(InputObject, Debug)]
pub struct CreditLineInput {
    /// Which line of the invoice.
    pub line_id: InvoiceLineId,
    /// How many of the line's unit, above zero; at most what is not credited.
    pub quantity: Option<Decimal>,
    /// How much of what it comes to without tax, above zero; at most what is not credited.
    pub amount: Option<Decimal>,
}

/// An amount to credit.
#[derive(InputObject, Debug)]
pub struct CreditAmountInput {
    /// At which of the invoice's tax rates, in percent.
    pub tax_rate: Decimal,
    /// How much without tax, above zero; at most what the invoice bills at the rate and is not
    /// credited.
    pub net: Decimal,
}

/// Which invoices and credit notes to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct InvoiceWhere {
    /// On the customer.
    pub customer_id: Option<CustomerIdFilter>,
    /// On the job.
    pub job_id: Option<JobIdFilter>,
    /// On the kind.
    pub kind: Option<InvoiceKind>,
    /// On where it stands: one of these.
    pub states: Option<Vec<InvoiceState>>,
    /// On its date.
    pub issued_on: Option<DateFilter>,
    /// On the day until which it is to be paid.
    pub due_on: Option<DateFilter>,
    /// Only posted ones of which something is open (true), or nothing is (false).
    pub is_open: Option<bool>,
    /// Only invoices of which something is open and was due before this day: with today, those
    /// that are overdue.
    pub overdue_on: Option<NaiveDate>,
    /// On when it was made.
    pub created_at: Option<DateTimeFilter>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<InvoiceWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<InvoiceWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<InvoiceWhere>>,
}

impl Where for InvoiceWhere {
    type Table = invoices::table;

    fn own(&self) -> AppResult<Vec<InvoiceCondition>> {
        let mut conditions: Vec<InvoiceCondition> = Vec::new();
        where_id!(conditions, invoices::customer_id, &self.customer_id);
        where_id!(conditions, invoices::job_id, &self.job_id);
        if let Some(kind) = self.kind {
            conditions.push(Box::new(invoices::kind.eq(kind).nullable()));
        }
        if let Some(states) = &self.states {
            bounded(states.len())?;
            let condition = invoices::state.eq_any(states.clone());
            conditions.push(Box::new(condition.nullable()));
        }
        where_date!(conditions, invoices::issued_on, &self.issued_on);
        where_date!(conditions, invoices::due_on, &self.due_on);
        conditions.extend(self.is_open.map(query::is_open));
        if let Some(day) = self.overdue_on {
            conditions.push(query::is_overdue(day_of_common_era(day)?));
        }
        where_time!(conditions, invoices::created_at, &self.created_at);
        Ok(conditions)
    }

    nested_where!();
}
