//! The surface of reminders: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};

use super::input::PaymentReminderWhere;
use super::model::{ReminderRow, ReminderSettingsRow};
use super::query::{self, PaymentReminderOrder, ReminderSort};
use super::service;
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::loader::CustomerById;
use crate::error::AppResult;
use crate::graphql::connection::list_query;
use crate::graphql::context::ContextExt;
use crate::graphql::found::there;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;

/// That a customer was reminded.
pub struct PaymentReminder(ReminderRow);

impl From<ReminderRow> for PaymentReminder {
    fn from(row: ReminderRow) -> Self {
        Self(row)
    }
}

/// That a customer was reminded of what is overdue.
#[Object(directive = has_permission::apply(P::PaymentsRead))]
impl PaymentReminder {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Who was reminded.
    #[graphql(guard = P::CustomersRead, directive = has_permission::apply(P::CustomersRead))]
    async fn customer(&self, ctx: &Context<'_>) -> AppResult<Customer> {
        let id = self.0.customer_id;
        Ok(Customer(there(ctx, CustomerById(id)).await?))
    }

    /// How seriously: 1, 2 or 3.
    async fn level(&self) -> i16 {
        self.0.level
    }

    /// What was overdue on that day, less the credit that settled nothing.
    async fn amount(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.amount.normalize())
    }

    /// When the oldest of it was due.
    async fn oldest_due_on(&self) -> NaiveDate {
        self.0.oldest_due_on
    }

    /// The day of the letter, at the dealer's place.
    async fn sent_on(&self) -> NaiveDate {
        self.0.sent_on
    }

    /// Where the letter went; null if no address was known, so that somebody should call.
    async fn sent_to(&self) -> Option<&str> {
        self.0.sent_to.as_deref()
    }

    /// When a payment was taken back, since which this one does not count and the customer is
    /// reminded from the beginning; null as long as it counts.
    async fn superseded_at(&self) -> Option<DateTime<Utc>> {
        self.0.superseded_at
    }

    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// When customers are reminded of what is overdue.
pub struct PaymentReminderSettings(ReminderSettingsRow);

impl From<ReminderSettingsRow> for PaymentReminderSettings {
    fn from(row: ReminderSettingsRow) -> Self {
        Self(row)
    }
}

/// When customers are reminded of what is overdue: each morning at the dealer's place, one
/// letter a customer at most.
#[Object(directive = has_permission::apply(P::PaymentsManage))]
impl PaymentReminderSettings {
    /// Whether anybody is reminded.
    async fn is_on(&self) -> bool {
        self.0.is_on
    }

    /// Days overdue from which the first letter is due.
    async fn first_after_days(&self) -> i16 {
        self.0.first_after_days
    }

    /// The same of the second letter; null if there is no second.
    async fn second_after_days(&self) -> Option<i16> {
        self.0.second_after_days
    }

    /// The same of the third letter; null if there is no third.
    async fn third_after_days(&self) -> Option<i16> {
        self.0.third_after_days
    }

    /// Counts the changes; 0 if they were never set.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Queries on reminders.
#[derive(Default)]
pub struct PaymentReminderQuery;

#[Object]
impl PaymentReminderQuery {
    /// When customers are reminded of what is overdue.
    #[graphql(guard = P::PaymentsManage, directive = has_permission::apply(P::PaymentsManage))]
    async fn payment_reminder_settings(
        &self,
        ctx: &Context<'_>,
    ) -> AppResult<PaymentReminderSettings> {
        let unit = ctx.unit()?;
        Ok(service::settings(&mut *unit.tx().await?).await?.into())
    }
}

list_query! {
    /// The list of reminders.
    PaymentReminderListQuery: query,
    /// Which customers were reminded of what is overdue.
    payment_reminders -> PaymentReminder,
    needs: PaymentsRead,
    filter: PaymentReminderWhere = "Which reminders.",
    order: PaymentReminderOrder as ReminderSort = "Sort keys, at most 3; the latest first if absent.",
}
