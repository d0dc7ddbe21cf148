//! The surface of the settings of invoices: mutations.

use async_graphql::{Context, Object};

use super::graphql::InvoiceSettings;
use super::input::InvoiceSettingsSetInput;
use super::service;
use crate::dealer::invoices::paper::logo;
use crate::error::AppResult;
use crate::files::Files;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of invoiceSettingsSet.
    InvoiceSettingsSetPayload {
        /// The settings as they are now; null if they were refused.
        settings: InvoiceSettings
    }
}

/// Mutations on the settings of invoices.
#[derive(Default)]
pub struct InvoiceSettingsMutation;

#[Object]
impl InvoiceSettingsMutation {
    /// Sets in whose name invoices and credit notes are written, and whether they are mailed. It
    /// holds for what is posted from now on.
    #[graphql(guard = P::InvoicePost, directive = has_permission::apply(P::InvoicePost))]
    async fn invoice_settings_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The settings.")] input: InvoiceSettingsSetInput,
    ) -> AppResult<InvoiceSettingsSetPayload> {
        let unit = ctx.unit()?;
        let files: &Files = ctx.service()?;
        // Before any row is locked: a store of files may be slow.
        let seen = match input.logo_id {
            Some(file) => logo::look(files.depot(), unit.context(), file).await,
            None => Ok(None),
        };
        let result = service::set(&mut *unit.tx().await?, (files, seen), input).await;
        Ok(unit.outcome(result)?.into())
    }
}
