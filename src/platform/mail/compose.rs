//! What the sender asks of whoever knows what is in a mail.

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

use super::model::MailRow;
use crate::db::control::ControlConn;
use crate::db::error::DbResult;
use crate::error::AppResult;

/// The content of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// In whose name it is sent, if not in the platform's.
    pub brand: Option<String>,
    /// One line.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// The same for others.
    pub html: String,
    /// What comes with it.
    pub attachments: Vec<Attachment>,
}

/// A file in a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, in letters of ASCII.
    pub name: String,
    /// Its media type.
    pub content_type: &'static str,
    /// Its content.
    pub content: Vec<u8>,
}

/// What there is to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Composed {
    /// This.
    Letter(Box<Letter>),
    /// Nothing, and why.
    Needless(&'static str),
}

/// Writes the mails that dealers send to their customers, whose rows the sender can not reach.
pub trait DealerLetters: Send + Sync + 'static {
    /// The content of `mail`, by the record of the dealer's that it is about.
    fn compose<'a>(&'a self, mail: &'a MailRow) -> BoxFuture<'a, AppResult<Composed>>;
}

/// Writes mails when they are sent.
pub trait Compose: Send + Sync + 'static {
    /// The content of `mail`, which the platform sends, with tokens that are good from `now` on.
    fn compose(
        &self,
        conn: &mut ControlConn,
        mail: &MailRow,
        now: DateTime<Utc>,
    ) -> impl Future<Output = AppResult<Composed>> + Send;

    /// The content of `mail`, which a dealer sends. Others are asked for it, who may be slow, so
    /// no connection of the sender's is held meanwhile.
    fn compose_for_dealer(
        &self,
        mail: &MailRow,
    ) -> impl Future<Output = AppResult<Composed>> + Send;

    /// Throws away tokens of mails that have been no use for a day.
    fn tidy(
        &self,
        conn: &mut ControlConn,
        now: DateTime<Utc>,
    ) -> impl Future<Output = DbResult<()>> + Send;
}
