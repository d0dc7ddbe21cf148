//! Inputs of reminders: settings and filters.

use async_graphql::InputObject;
use diesel::prelude::*;

use super::query::ReminderCondition;
use crate::db::tenant_tables::payment_reminders;
use crate::dealer::customers::input::CustomerIdFilter;
use crate::error::AppResult;
use crate::graphql::filter::{DateFilter, Where, bounded, nested_where, where_date, where_id};
use crate::graphql::idempotency::IdempotencyKey;

/// When customers are reminded of what is overdue.
#[derive(InputObject, Debug)]
pub struct PaymentReminderSettingsSetInput {
    /// The version that was read, 0 if they were never set; another one is refused with
    /// CONFLICT.
    pub expected_version: i32,
    /// Whether anybody is reminded.
    pub is_on: bool,
    /// Days overdue from which the first letter is due, 1 to 365.
    pub first_after_days: i16,
    /// The same of the second letter, more than of the first; null if there is no second.
    pub second_after_days: Option<i16>,
    /// The same of the third letter, more than of the second; null if there is no third.
    pub third_after_days: Option<i16>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which reminders to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct PaymentReminderWhere {
    /// On who was reminded.
    pub customer_id: Option<CustomerIdFilter>,
    /// On the level: one of these.
    pub levels: Option<Vec<i16>>,
    /// On the day of the letter.
    pub sent_on: Option<DateFilter>,
    /// Only those that went to an address (true), or that had none to go to (false).
    pub is_sent: Option<bool>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<PaymentReminderWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<PaymentReminderWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<PaymentReminderWhere>>,
}

impl Where for PaymentReminderWhere {
    type Table = payment_reminders::table;

    fn own(&self) -> AppResult<Vec<ReminderCondition>> {
        let mut conditions: Vec<ReminderCondition> = Vec::new();
        where_id!(
            conditions,
            payment_reminders::customer_id,
            &self.customer_id
        );
        where_date!(conditions, payment_reminders::sent_on, &self.sent_on);
        if let Some(levels) = &self.levels {
            bounded(levels.len())?;
            conditions.push(Box::new(
                payment_reminders::level.eq_any(levels.clone()).nullable(),
            ));
        }
        match self.is_sent {
            Some(true) => {
                let went = payment_reminders::sent_to.is_not_null();
                conditions.push(Box::new(went.nullable()));
            }
            Some(false) => {
                let stayed = payment_reminders::sent_to.is_null();
                conditions.push(Box::new(stayed.nullable()));
            }
            None => {}
        }
        Ok(conditions)
    }

    nested_where!();
}
