//! Mails: ordered in the transaction that causes them, sent by a task of the server.
//!
//! A row of `platform.mails` says to whom a mail goes and on what occasion. Its
//! text is made when it is sent ([`compose::Compose`]), and with it the token of
//! its link, so that a secret is in the mail and nowhere else. A mail is sent at
//! least once: who takes it up and dies gives it back, and its Message-ID is the
//! same the next time.

pub mod compose;
mod mime;
pub mod model;
pub mod outbox;
mod query;
pub mod sender;
pub mod templates;
pub mod transport;

pub use model::{Mail, MailKind};
pub use outbox::{Backlog, Wait, enqueue, enqueue_limited};
