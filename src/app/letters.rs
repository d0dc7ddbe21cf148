//! What stands in the mails of dealers to their customers, read when they are sent.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::App;
use crate::db::observe::StatementCount;
use crate::dealer::payments::reminders::letter::letter;
use crate::dealer::payments::reminders::model::ReminderId;
use crate::error::{AppError, AppResult};
use crate::platform::mail::MailKind;
use crate::platform::mail::compose::{Composed, DealerLetters};
use crate::platform::mail::model::MailRow;
use crate::platform::mail::templates::render;
use crate::tenancy::directory::Directory;
use crate::tenancy::{Access, TenantPool};

/// Reads the rows of the dealer in whose name a mail is written.
pub struct Shops {
    directory: Directory,
    tenants: TenantPool,
}

impl App {
    /// What writes the mails of dealers.
    pub fn dealer_letters(&self) -> Shops {
        Shops {
            directory: self.directory.clone(),
            tenants: self.tenants.clone(),
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
        let mut tx = tenants
            .begin(Arc::new(context), Access::Read, &count)
            .await?;
        let values = match mail.kind {
            MailKind::PaymentReminder => letter(&mut tx, ReminderId::from_uuid(record)).await?,
            _ => return Err(AppError::internal("no dealer sends such a mail")),
        };
        tx.release();
        Ok(match values {
            Some(values) => Composed::Letter(Box::new(render(mail.kind, brand, &values)?)),
            None => Composed::Needless("nothing is overdue any more"),
        })
    }
}
