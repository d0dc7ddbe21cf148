//! What sends mails.

use std::sync::Arc;

use super::{App, StartError};
use crate::config::ConfigError;
use crate::platform::identity::letters::{Letters, Links};
use crate::platform::mail::sender::Sender;
use crate::platform::mail::transport::{MailDir, Transport};

/// Who sends mails that go no further than this machine.
const LOCAL_SENDER: &str = "Tubex <no-reply@localhost.localdomain>";

impl App {
    /// What sends the mails, to wherever the settings say; links lead to this server
    /// if there is no dashboard.
    pub fn mail_sender(&self) -> Result<Sender<Letters>, StartError> {
        let settings = &self.settings.mail;
        let from = match &settings.mail_from {
            Some(from) => from.clone(),
            None => LOCAL_SENDER
                .parse()
                .map_err(crate::error::AppError::internal)?,
        };
        let transport = match (&settings.smtp_url, &settings.mail_dir) {
            (Some(url), _) => {
                let transport = Transport::smtp(url, from.email.domain());
                Some(transport.map_err(|message| ConfigError::new("--smtp-url", message))?)
            }
            (None, Some(dir)) => Some(Transport::Dir(MailDir::new(dir.clone()))),
            (None, None) => None,
        };
        let own = &self.settings.public_url;
        let base = settings.dashboard_url.as_ref().unwrap_or(own);
        Ok(Sender {
            control: self.core.control.clone(),
            clock: self.core.clock.clone(),
            composer: Letters::new(Links::new(base), Arc::new(self.dealer_letters())),
            transport,
            from,
        })
    }
}
