//! Invoices as PDF, by their links.

use std::sync::Arc;

use super::App;
use crate::db::observe::StatementCount;
use crate::dealer::invoices::model::InvoiceId;
use crate::dealer::invoices::paper::{Printed, facts};
use crate::error::{AppError, AppResult, ErrorCode};
use crate::files::Deed;
use crate::tenancy::Access;

/// The part of the system that works where such a link is shown.
const PART: &str = "invoices";

impl App {
    /// The paper of the invoice that a link names.
    pub async fn invoice_pdf(&self, token: &str) -> AppResult<Printed> {
        let (dealer, record) = self.files.record_of(Deed::Invoice, token)?;
        let context = self.directory.admit_for_reader(dealer, PART).await?;
        let (context, count) = (Arc::new(context), StatementCount::default());
        let begun = self
            .tenants
            .begin(Arc::clone(&context), Access::Read, &count);
        let mut tx = begun.await?;
        let paper = facts::read(&mut tx, InvoiceId::from_uuid(record)).await?;
        tx.release();
        let gone = || AppError::new(ErrorCode::NotFound, "there is no such invoice");
        self.press.print(&context, paper.ok_or_else(gone)?).await
    }
}
