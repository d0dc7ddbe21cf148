//! What can be done with an invoice, by its state.

use super::model::{InvoiceKind, InvoiceRow, InvoiceState};
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::graphql::permit::Permission;

/// Something that can be done with an invoice.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvoiceAction {
    /// invoiceUpdate.
    Update,
    /// invoiceDiscard.
    Discard,
    /// invoicePost.
    Post,
    /// creditNoteCreate.
    Credit,
    /// invoiceSend.
    Send,
}

impl InvoiceAction {
    /// What it takes to do it.
    pub const fn needs(self) -> Permission {
        match self {
            Self::Post | Self::Credit => Permission::InvoicePost,
            Self::Update | Self::Discard | Self::Send => Permission::InvoicesManage,
        }
    }

    /// Refuses what the invoice does not let; `path` is that of its id.
    pub fn check(self, row: &InvoiceRow, path: &[&str]) -> ServiceResult<()> {
        if row.actions().contains(&self) {
            return Ok(());
        }
        let message = match (self, row.kind) {
            (Self::Credit, InvoiceKind::CreditNote) => "a credit note is not credited",
            (Self::Credit, _) => "only what is posted is credited",
            (Self::Send, _) => "only what is posted is mailed",
            _ => "what is posted never changes; write a credit note",
        };
        Err(UserError::at(ErrorCode::NotAllowed, path, message).into())
    }
}

impl InvoiceRow {
    /// What can be done with it.
    pub const fn actions(&self) -> &'static [InvoiceAction] {
        use InvoiceAction as A;
        match (self.state, self.kind) {
            (InvoiceState::Draft, _) => &[A::Update, A::Discard, A::Post],
            (InvoiceState::Posted, InvoiceKind::Invoice) => &[A::Credit, A::Send],
            (InvoiceState::Posted, InvoiceKind::CreditNote) => &[A::Send],
        }
    }
}
