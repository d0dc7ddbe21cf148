//! Rows of reminders and their settings.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::{payment_reminder_settings, payment_reminders};
use crate::dealer::customers::model::CustomerId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A reminder of what is overdue.
    ReminderId, "rem"
);

/// A reminder as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = payment_reminders, check_for_backend(diesel::pg::Pg))]
pub struct ReminderRow {
    /// Its id.
    pub id: ReminderId,
    /// Who was reminded.
    pub customer_id: CustomerId,
    /// 1, 2 or 3.
    pub level: i16,
    /// What was overdue, without credits.
    pub amount: Decimal,
    /// When the oldest of it was due.
    pub oldest_due_on: NaiveDate,
    /// The day of the letter, at the dealer's place.
    pub sent_on: NaiveDate,
    /// Where it went; nowhere if no address was known.
    pub sent_to: Option<String>,
    /// When a payment was taken back, since which it does not count any more.
    pub superseded_at: Option<DateTime<Utc>>,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
}

/// A dealer's settings, as stored.
#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = payment_reminder_settings, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_null = true)]
pub struct ReminderSettingsRow {
    /// Always 1.
    pub one: i16,
    /// Whether anybody is reminded.
    pub is_on: bool,
    /// Days overdue from which the first letter is due.
    pub first_after_days: i16,
    /// The same of the second; none if there is no second.
    pub second_after_days: Option<i16>,
    /// The same of the third; none if there is no third.
    pub third_after_days: Option<i16>,
    /// Counts changes.
    pub version: i32,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
}

impl ReminderSettingsRow {
    /// Those of a dealer who has set none: he reminds nobody.
    pub const fn unset(now: DateTime<Utc>) -> Self {
        Self {
            one: 1,
            is_on: false,
            first_after_days: 7,
            second_after_days: Some(14),
            third_after_days: Some(30),
            version: 0,
            updated_at: now,
        }
    }

    /// Days overdue from which the letter of a level is due, if there is one.
    pub const fn after_days(&self, level: i16) -> Option<i16> {
        match level {
            1 => Some(self.first_after_days),
            2 => self.second_after_days,
            3 => self.third_after_days,
            _ => None,
        }
    }
}
