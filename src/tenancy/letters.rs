//! Ordering mails to a dealer's customers, in his own transaction: if it is undone, there was no
//! mail. The text is written when the mail is sent.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;

use super::TenantTx;
use crate::db::error::DbResult;

diesel::define_sql_function! {
    /// Orders mails in the name of the dealer whose role is set.
    #[sql_name = "spine.order_letters"]
    fn order_letters(
        kind: Text, mails: Array<Uuid>, emails: Array<Text>,
        records: Array<Uuid>, at: Timestamptz
    );
}

/// A mail to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterOrder {
    /// To whom.
    pub email: String,
    /// The record that it is about.
    pub record: uuid::Uuid,
}

/// Orders a mail of this kind for each, in one statement. The database finds out which dealer
/// it is, and knows which kinds dealers may send.
pub async fn order(
    tx: &mut TenantTx,
    kind: &'static str,
    letters: Vec<LetterOrder>,
) -> DbResult<()> {
    if letters.is_empty() {
        return Ok(());
    }
    let now: DateTime<Utc> = tx.now();
    let mails: Vec<uuid::Uuid> = letters.iter().map(|_| uuid::Uuid::now_v7()).collect();
    let records: Vec<uuid::Uuid> = letters.iter().map(|letter| letter.record).collect();
    let emails: Vec<String> = letters.into_iter().map(|letter| letter.email).collect();
    let call = diesel::select(order_letters(kind, mails, emails, records, now));
    call.execute(tx).await?;
    Ok(())
}
