//! The surface of reminders: mutations.

use async_graphql::{Context, Object};

use super::graphql::PaymentReminderSettings;
use super::input::PaymentReminderSettingsSetInput;
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of paymentReminderSettingsSet.
    PaymentReminderSettingsSetPayload {
        /// The settings as they are now; null if they were refused.
        settings: PaymentReminderSettings
    }
}

/// Mutations on reminders.
#[derive(Default)]
pub struct PaymentReminderMutation;

#[Object]
impl PaymentReminderMutation {
    /// Sets when customers are reminded of what is overdue.
    #[graphql(guard = P::PaymentsManage, directive = has_permission::apply(P::PaymentsManage))]
    async fn payment_reminder_settings_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The settings.")] input: PaymentReminderSettingsSetInput,
    ) -> AppResult<PaymentReminderSettingsSetPayload> {
        let unit = ctx.unit()?;
        let result = service::set_settings(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
