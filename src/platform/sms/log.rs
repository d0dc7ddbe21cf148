//! Messages as files beside the mails, for people who develop: the log says where,
//! and the mailbox page shows them.

use futures_util::future::BoxFuture;
use minijinja::HtmlEscape;
use secrecy::ExposeSecret;

use super::sender::{Message, SmsSender, Unsent};
use crate::platform::mail::transport::{MailDir, StoredMail};

/// Puts messages into a folder, and says so in the log, which has no code in it.
pub struct LogSms {
    dir: MailDir,
}

impl LogSms {
    /// Into this folder.
    pub const fn new(dir: MailDir) -> Self {
        Self { dir }
    }
}

impl SmsSender for LogSms {
    fn send<'s>(&'s self, message: &'s Message) -> BoxFuture<'s, Result<(), Unsent>> {
        Box::pin(async move {
            let name = MailDir::name(message.at, &message.id);
            let folder = self.dir.path().display();
            tracing::info!(%folder, file = %format_args!("{name}.json"), "a text message is written");
            let kept = self.dir.keep_as_is(stored(name, message)).await;
            kept.map_err(Unsent::Later)
        })
    }
}

fn stored(name: String, message: &Message) -> StoredMail {
    let text = message.text.expose_secret().to_owned();
    StoredMail {
        name,
        at: message.at,
        from: "SMS".to_owned(),
        to: message.to.clone(),
        subject: "Text message".to_owned(),
        html: format!("<!doctype html>\n<p>{}</p>\n", HtmlEscape(&text)),
        text,
        attachments: Vec::new(),
    }
}
