//! The surface of the settings of invoices: objects and queries.

use async_graphql::{Context, Object};

use super::model::InvoiceSettingsRow;
use super::query;
use crate::dealer::files::graphql::File;
use crate::dealer::files::loader::FileById;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};

/// In whose name invoices are written, and whether they are mailed.
pub struct InvoiceSettings(InvoiceSettingsRow);

impl From<InvoiceSettingsRow> for InvoiceSettings {
    fn from(row: InvoiceSettingsRow) -> Self {
        Self(row)
    }
}

/// In whose name invoices and credit notes are written, and whether they are mailed. What is
/// posted keeps what held then.
#[Object(directive = has_permission::apply(P::InvoicePost))]
impl InvoiceSettings {
    /// Whether they are mailed to their customers when they are posted.
    async fn is_mailed(&self) -> bool {
        self.0.is_mailed
    }

    /// Your name in full; null if it is the one by which you are known here.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Your tax number.
    async fn tax_id(&self) -> Option<&str> {
        self.0.tax_id.as_deref()
    }

    /// Street and number.
    async fn address_line(&self) -> Option<&str> {
        self.0.address_line.as_deref()
    }

    /// Town.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// Postal code.
    async fn postcode(&self) -> Option<&str> {
        self.0.postcode.as_deref()
    }

    /// Country.
    async fn country(&self) -> Option<&str> {
        self.0.country.as_deref()
    }

    /// Telephone number.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Mail address.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// How to pay.
    async fn payment_details(&self) -> Option<&str> {
        self.0.payment_details.as_deref()
    }

    /// What stands at the foot of each page.
    async fn footer(&self) -> Option<&str> {
        self.0.footer.as_deref()
    }

    /// What stands at the head of the first page.
    async fn logo(&self, ctx: &Context<'_>) -> AppResult<Option<File>> {
        match self.0.logo_id {
            Some(id) => Ok(ctx.unit()?.load(FileById(id)).await?.map(File)),
            None => Ok(None),
        }
    }

    /// Counts the changes; 0 if they were never set.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Queries on the settings of invoices.
#[derive(Default)]
pub struct InvoiceSettingsQuery;

#[Object]
impl InvoiceSettingsQuery {
    /// In whose name invoices are written, and whether they are mailed.
    #[graphql(guard = P::InvoicePost, directive = has_permission::apply(P::InvoicePost))]
    async fn invoice_settings(&self, ctx: &Context<'_>) -> AppResult<InvoiceSettings> {
        let unit = ctx.unit()?;
        let mut tx = unit.tx().await?;
        let (now, found) = (tx.now(), query::current(&mut tx).await?);
        Ok(found
            .unwrap_or_else(|| InvoiceSettingsRow::unset(now))
            .into())
    }
}
