//! What happens to payments.

use super::model::{PaymentId, PaymentRow};
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::orders::model::OrderId;
use crate::events::events;

events! {
    /// What readers learn of a payment.
    pub struct PaymentFacts {
        /// The payment.
        payment: PaymentId,
        /// Its number.
        number: String,
        /// Whose account it is in.
        customer: CustomerId,
        /// The job that it is for.
        job: Option<JobId>,
        /// The order that it is a deposit for.
        order: Option<OrderId>,
        /// IN if the customer has paid, OUT if he was paid back.
        direction: String,
        /// How it was paid, as the method of the payment.
        method: String,
        /// Exact amount; above zero in both directions.
        amount: String,
        /// On which day it was paid.
        paid_on: String,
        /// Where it stands, as the state of the payment.
        state: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff of customer:
    /// A customer has paid.
    PaymentRecorded = "payment.recorded", version 1;
    /// A customer was paid credit back.
    PaymentRefunded = "payment.refunded", version 1;
    /// A payment settles other debts than before.
    PaymentAllocated = "payment.allocated", version 1;
    /// A payment was found on the bank's statement or in the till.
    PaymentReconciled = "payment.reconciled", version 1;
    /// A payment was taken back: what it had settled is open again.
    PaymentReversed = "payment.reversed", version 1;
}

impl From<&PaymentRow> for PaymentFacts {
    fn from(row: &PaymentRow) -> Self {
        Self {
            payment: row.id,
            number: row.number.to_string(),
            customer: row.customer_id,
            job: row.job_id,
            order: row.order_id,
            direction: row.direction.as_str().to_owned(),
            method: row.method.as_str().to_owned(),
            amount: row.amount.normalize().to_string(),
            paid_on: row.paid_on.to_string(),
            state: row.state.as_str().to_owned(),
            record_version: row.version,
        }
    }
}
