//! Inputs of payments: commands and filters.

use async_graphql::InputObject;
use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{PaymentDirection, PaymentId, PaymentMethod, PaymentState};
use super::query::{self, PaymentCondition};
use crate::db::tenant_tables::payments;
use crate::dealer::accounts::model::{AllocationId, EntryId};
use crate::dealer::customers::input::CustomerIdFilter;
use crate::dealer::customers::jobs::input::JobIdFilter;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::invoices::model::InvoiceId;
use crate::dealer::orders::model::OrderId;
use crate::error::AppResult;
use crate::graphql::filter::{
    DateFilter, DecimalFilter, StringFilter, Where, bounded, nested_where, where_date,
    where_decimal, where_id, where_text,
};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// What a customer has paid, in the dealer's currency.
#[derive(InputObject, Debug)]
pub struct PaymentRecordInput {
    /// Who has paid.
    pub customer_id: CustomerId,
    /// For which job; that of the order if there is one.
    pub job_id: Option<JobId>,
    /// The order of the same customer that it is a deposit for: it waits, and is allocated when
    /// an invoice of the order is posted.
    pub order_id: Option<OrderId>,
    /// How.
    pub method: PaymentMethod,
    /// How much; above zero, with no more decimals than the currency has.
    pub amount: Decimal,
    /// On which day, today or earlier; today if absent.
    pub paid_on: Option<NaiveDate>,
    /// The number that the bank or till gave it, at most 100 characters. Each is recorded once
    /// for a method, unless it was taken back.
    pub external_ref: Option<String>,
    /// In your own words; at most 500 characters.
    pub note: Option<String>,
    /// Settles what is due longest, of the job if there is one, as far as it goes. Not beside
    /// allocations, and not for a deposit.
    #[graphql(default)]
    pub auto: bool,
    /// What it settles, 1 to 200 debts; nothing yet if absent.
    pub allocations: Option<Vec<PaymentAllocationInput>>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A debt to settle, or a part of it, named by exactly one of its ids.
#[derive(InputObject, Clone, Debug)]
pub struct PaymentAllocationInput {
    /// An entry of the same customer; one above zero.
    pub entry_id: Option<EntryId>,
    /// A posted invoice of the same customer.
    pub invoice_id: Option<InvoiceId>,
    /// How much of it; above zero.
    pub amount: Decimal,
}

/// What a payment settles.
#[derive(InputObject, Debug)]
pub struct PaymentAllocateInput {
    /// Which payment.
    pub id: PaymentId,
    /// What it settles, 1 to 200 debts. If absent, what is due longest, of the payment's job if
    /// it has one, as far as the payment goes; at most 200 of them.
    pub allocations: Option<Vec<PaymentAllocationInput>>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What a payment is not to settle any more.
#[derive(InputObject, Debug)]
pub struct PaymentDeallocateInput {
    /// Which payment.
    pub id: PaymentId,
    /// Which of its allocations, 1 to 200; all of them if absent.
    pub allocation_ids: Option<Vec<AllocationId>>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A payment that was found on the bank's statement, or in the till.
#[derive(InputObject, Debug)]
pub struct PaymentReconcileInput {
    /// Which payment.
    pub id: PaymentId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A payment that bounced, or was recorded in error.
#[derive(InputObject, Debug)]
pub struct PaymentReverseInput {
    /// Which payment.
    pub id: PaymentId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Why, 1 to 200 characters.
    pub reason: String,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Credit to pay back to a customer, in the dealer's currency.
#[derive(InputObject, Debug)]
pub struct PaymentRefundInput {
    /// To whom.
    pub customer_id: CustomerId,
    /// Only credit of this job, and for it.
    pub job_id: Option<JobId>,
    /// How.
    pub method: PaymentMethod,
    /// How much; above zero, and no more than there is of credit that settles nothing.
    pub amount: Decimal,
    /// Which credits, in this order: entries below zero, of payments or credit notes; 1 to 200.
    /// If absent, the oldest first, deposits for orders behind all others.
    pub credit_entry_ids: Option<Vec<EntryId>>,
    /// On which day, today or earlier; today if absent.
    pub paid_on: Option<NaiveDate>,
    /// The number that the bank or till gave it, at most 100 characters. Each is recorded once
    /// for a method, unless it was taken back.
    pub external_ref: Option<String>,
    /// In your own words; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which payments to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct PaymentWhere {
    /// On whose account it is in.
    pub customer_id: Option<CustomerIdFilter>,
    /// On the job.
    pub job_id: Option<JobIdFilter>,
    /// Only deposits for this order.
    pub order_id: Option<OrderId>,
    /// Only this direction.
    pub direction: Option<PaymentDirection>,
    /// On how it was paid: in one of these ways.
    pub methods: Option<Vec<PaymentMethod>>,
    /// On where it stands: one of these.
    pub states: Option<Vec<PaymentState>>,
    /// On the day on which it was paid.
    pub paid_on: Option<DateFilter>,
    /// On the amount.
    pub amount: Option<DecimalFilter>,
    /// On the number that the bank or till gave it.
    pub external_ref: Option<StringFilter>,
    /// Only those of which something settles nothing yet (true), or all of which does (false).
    pub unallocated: Option<bool>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<PaymentWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<PaymentWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<PaymentWhere>>,
}

impl Where for PaymentWhere {
    type Table = payments::table;

    fn own(&self) -> AppResult<Vec<PaymentCondition>> {
        let mut conditions: Vec<PaymentCondition> = Vec::new();
        where_id!(conditions, payments::customer_id, &self.customer_id);
        where_id!(conditions, payments::job_id, &self.job_id);
        where_date!(conditions, payments::paid_on, &self.paid_on);
        where_decimal!(conditions, payments::amount, &self.amount);
        where_text!(conditions, payments::external_ref, &self.external_ref);
        if let Some(order) = self.order_id {
            conditions.push(Box::new(payments::order_id.eq(order)));
        }
        if let Some(direction) = self.direction {
            conditions.push(Box::new(payments::direction.eq(direction).nullable()));
        }
        if let Some(methods) = &self.methods {
            bounded(methods.len())?;
            conditions.push(Box::new(
                payments::method.eq_any(methods.clone()).nullable(),
            ));
        }
        if let Some(states) = &self.states {
            bounded(states.len())?;
            conditions.push(Box::new(payments::state.eq_any(states.clone()).nullable()));
        }
        conditions.extend(self.unallocated.map(query::is_unallocated));
        Ok(conditions)
    }

    nested_where!();
}
