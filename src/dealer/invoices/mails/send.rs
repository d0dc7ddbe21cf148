//! The use case of mailing an invoice.

use chrono::TimeDelta;

use super::input::InvoiceSendInput;
use super::model::{InvoiceMailId, InvoiceMailRow};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::customers::contacts::model::ContactId;
use crate::dealer::customers::contacts::service as contacts;
use crate::dealer::customers::service as customers;
use crate::dealer::invoices::actions::InvoiceAction;
use crate::dealer::invoices::events::InvoiceMailed;
use crate::dealer::invoices::model::InvoiceRow;
use crate::dealer::invoices::query as invoices;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;
use crate::tenancy::letters::{self, LetterOrder};

/// Most mails with one invoice within a day: nobody fills a mailbox.
const PER_DAY: usize = 5;

/// Mails a posted invoice to its customer, or to a contact of it.
pub async fn send(tx: &mut TenantTx, input: InvoiceSendInput) -> ServiceResult<InvoiceRow> {
    let path = ["input", "id"];
    let row = invoices::find_many(tx, &[input.id]).await?.pop();
    let missing = || UserError::at(ErrorCode::NotFound, &path, "there is no such invoice");
    let row = row.ok_or_else(missing)?;
    InvoiceAction::Send.check(&row, &path)?;
    // One after another, or many at once would each find room.
    customers::lock(tx, &[row.customer_id]).await?;
    let since = tx.now() - TimeDelta::days(1);
    let mails = query::find_by_invoices(tx, &[row.id]).await?;
    let of_late = mails.iter().filter(|mail| mail.created_at > since);
    if of_late.count() >= PER_DAY {
        let message = "it was mailed 5 times within a day; send it tomorrow, or hand its PDF over";
        return Err(UserError::at(ErrorCode::LimitExceeded, &path, message).into());
    }
    let email = match input.contact_id {
        Some(contact) => of_contact(tx, &row, contact).await?,
        None => of_customer(tx, &row).await?.ok_or_else(|| {
            let message = "the customer has no mail address; set it, or name a contact with one";
            UserError::at(ErrorCode::NotAllowed, &path, message)
        })?,
    };
    order(tx, &row, email).await?;
    Ok(row)
}

/// Mails what is being posted, if its customer has an address.
pub async fn on_posting(tx: &mut TenantTx, row: &InvoiceRow) -> DbResult<()> {
    match of_customer(tx, row).await? {
        Some(email) => order(tx, row, email).await,
        None => Ok(()),
    }
}

async fn of_customer(tx: &mut TenantTx, row: &InvoiceRow) -> DbResult<Option<String>> {
    let customer = customers::find(tx, row.customer_id).await?;
    Ok(customer.and_then(|customer| customer.email))
}

async fn of_contact(
    tx: &mut TenantTx,
    row: &InvoiceRow,
    contact: ContactId,
) -> ServiceResult<String> {
    let path = ["input", "contactId"];
    let found = contacts::find(tx, contact).await?;
    let found = found.filter(|contact| contact.customer_id == row.customer_id);
    let missing = || {
        let message = "the customer has no such contact";
        UserError::at(ErrorCode::NotFound, &path, message)
    };
    let email = found.ok_or_else(missing)?.email;
    let silent = || {
        let message = "the contact has no mail address";
        UserError::at(ErrorCode::NotAllowed, &path, message)
    };
    Ok(email.ok_or_else(silent)?)
}

/// Writes down that it is mailed, and orders the mail: both are there, or neither.
async fn order(tx: &mut TenantTx, row: &InvoiceRow, email: String) -> DbResult<()> {
    let mail = InvoiceMailRow {
        id: InvoiceMailId::generate(),
        invoice_id: row.id,
        customer_id: row.customer_id,
        sent_to: email.to_lowercase(),
        sent_by: tx.context().principal().map(|user| user.user().uuid()),
        created_at: tx.now(),
    };
    query::insert(tx, mail.clone()).await?;
    tx.emit(&InvoiceMailed((row, &mail).into()));
    let letter = LetterOrder {
        email: mail.sent_to,
        record: mail.id.uuid(),
    };
    letters::order(tx, "INVOICE", vec![letter]).await
}
