//! What stands in the mails of dealers to their customers, read when they are sent.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::App;
use crate::db::observe::StatementCount;
use crate::dealer::invoices::mails::letter::letter as invoice;
use crate::dealer::invoices::mails::model::InvoiceMailId;
use crate::dealer::invoices::paper::Press;
use crate::dealer::payments::reminders::letter::letter as reminder;
use crate::dealer::payments::reminders::model::ReminderId;
use crate::error::{AppError, AppResult};
use crate::platform::mail::MailKind;
use crate::platform::mail::compose::{Attachment, Composed, DealerLetters};
use crate::platform::mail::model::MailRow;
use crate::platform::mail::templates::render;
use crate::tenancy::directory::Directory;
use crate::tenancy::{Access, TenantPool};

/// Reads the rows of the dealer in whose name a mail is written.
pub struct Shops {
    directory: Directory,
    tenants: TenantPool,
    press: Press,
}

impl App {
    /// What writes the mails of dealers.
    pub fn dealer_letters(&self) -> Shops {
        Shops {
            directory: self.directory.clone(),
            tenants: self.tenants.clone(),
            press: self.press.clone(),
        }
    }
}

impl DealerLetters for Shops {
    fn compose<'a>(&'a self, mail: &'a MailRow) -> BoxFuture<'a, AppResult<Composed>> {
        self.written(mail).boxed()
    }
}

impl Shops {
    async fn written(&self, mail: &MailRow) -> AppResult<Composed> {
        let (Some(dealer), Some(record)) = (mail.dealer_id, mail.record_id) else {
            return Err(AppError::internal("a mail of a dealer about nothing"));
        };
        let context = self.directory.admit_system(dealer, "letters").await?;
        let brand = Some(context.dealer().name.clone());
        let count = StatementCount::default();
        let tenants = &self.tenants;
        let context = Arc::new(context);
        let mut tx = tenants
            .begin(Arc::clone(&context), Access::Read, &count)
            .await?;
        match mail.kind {
            MailKind::PaymentReminder => {
                let values = reminder(&mut tx, ReminderId::from_uuid(record)).await?;
                tx.release();
                Ok(match values {
                    Some(values) => Composed::Letter(Box::new(render(mail.kind, brand, &values)?)),
                    None => Composed::Needless("nothing is overdue any more"),
                })
            }
            MailKind::Invoice => {
                let found = invoice(&mut tx, InvoiceMailId::from_uuid(record)).await?;
                tx.release();
                let Some((values, paper)) = found else {
                    return Ok(Composed::Needless("there is no such invoice any more"));
                };
                let brand = Some(paper.seller().to_owned());
                let mut letter = render(mail.kind, brand, &values)?;
                let printed = self.press.print(&context, paper).await?;
                letter.attachments.push(Attachment {
                    name: printed.name,
                    content_type: "application/pdf",
                    content: printed.bytes,
                });
                Ok(Composed::Letter(Box::new(letter)))
            }
            _ => Err(AppError::internal("no dealer sends such a mail")),
        }
    }
}
