//! What happens to reminders.

use super::model::{ReminderId, ReminderRow};
use crate::dealer::customers::model::CustomerId;
use crate::events::events;

events! {
    /// What readers learn of a reminder.
    pub struct PaymentReminderFacts {
        /// The reminder.
        payment_reminder: ReminderId,
        /// Who was reminded.
        customer: CustomerId,
        /// 1, 2 or 3.
        level: i32,
        /// Exact amount that was overdue.
        amount: String,
        /// When the oldest of it was due.
        oldest_due_on: String,
        /// Whether a letter was sent; not without an address.
        is_sent: bool,
    }
    for Staff of customer:
    /// A customer was reminded of what is overdue.
    CustomerReminded = "payment_reminder.created", version 1;
}

impl From<&ReminderRow> for PaymentReminderFacts {
    fn from(row: &ReminderRow) -> Self {
        Self {
            payment_reminder: row.id,
            customer: row.customer_id,
            level: row.level.into(),
            amount: row.amount.normalize().to_string(),
            oldest_due_on: row.oldest_due_on.to_string(),
            is_sent: row.sent_to.is_some(),
        }
    }
}
