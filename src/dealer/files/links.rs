//! Links in answers that were kept without them.

use crate::dealer::invoices::model::InvoiceId;
use crate::error::AppError;
use crate::files::{Deed, FileId, Files};
use crate::graphql::kept_links::LinkMaker;
use crate::kernel::ids;

/// Makes a link to the file, or to the paper of the invoice, whose id was noted.
pub fn link_maker(files: &Files) -> LinkMaker {
    let files = files.clone();
    LinkMaker::new(move |context, noted| {
        let link = match ids::split(noted) {
            Some((InvoiceId::PREFIX, id)) => files.record_url(Deed::Invoice, context, id)?,
            Some((FileId::PREFIX, id)) => files.download_url(context, FileId::from_uuid(id))?,
            _ => return Err(AppError::internal("a kept link leads nowhere")),
        };
        Ok(link.url)
    })
}
