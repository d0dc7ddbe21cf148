//! Text messages that carry a code: ordered in the transaction that causes them,
//! sent by a task of the server.
//!
//! As with mails, a row of `platform.text_messages` says to whom and on what
//! occasion. The code is made of the row's id and the installation's secret
//! ([`code`]), so that it is in the message and nowhere else, and the same however
//! often the message has to be tried. How a message leaves is told by
//! [`sender::SmsSender`].

pub mod code;
pub mod http;
pub mod limit;
pub mod log;
pub mod model;
pub mod order;
pub mod outbox;
pub mod phone;
mod query;
pub mod sender;

pub use order::{NewSms, SmsPolicy, order, spend};
