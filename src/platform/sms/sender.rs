//! How text messages leave: what a provider has to be able to do.

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use secrecy::SecretString;

use super::model::MessageId;

/// A message that is to leave.
#[derive(Debug)]
pub struct Message {
    /// Its id: whoever gets it twice is to send it once.
    pub id: MessageId,
    /// To whom, as E.164 writes it.
    pub to: String,
    /// What it says; there is a code in it.
    pub text: SecretString,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// Why a message was not taken. The texts hold nothing of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// It may be, another time.
    Later(String),
    /// It never will.
    Never(String),
}

/// Sends text messages.
pub trait SmsSender: Send + Sync + 'static {
    /// Hands a message over; done when it was taken, which is not yet when it
    /// arrives.
    fn send<'s>(&'s self, message: &'s Message) -> BoxFuture<'s, Result<(), Unsent>>;
}
