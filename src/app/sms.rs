//! What sends codes by SMS.

use std::sync::Arc;

use super::{App, StartError};
use crate::config::{ConfigError, ServerSettings};
use crate::db::connect::tls_config;
use crate::platform::factors::query::count_only_by_phone;
use crate::platform::mail::transport::MailDir;
use crate::platform::sms::SmsPolicy;
use crate::platform::sms::http::HttpSms;
use crate::platform::sms::log::LogSms;
use crate::platform::sms::outbox::SmsOutbox;
use crate::platform::sms::sender::SmsSender;

/// How many codes may be sent, if there is anybody who sends them: a provider, or
/// the folder of who develops.
pub(super) fn sms_policy(settings: &ServerSettings) -> Option<SmsPolicy> {
    let is_on = settings.sms.sms_url.is_some() || settings.mail.mail_dir.is_some();
    is_on.then_some(SmsPolicy {
        per_day: settings.sms.sms_per_day,
    })
}

impl App {
    /// What sends the codes, to wherever the settings say.
    pub fn sms_outbox(&self) -> Result<SmsOutbox, StartError> {
        let (sms, mail) = (&self.settings.sms, &self.settings.mail);
        let sender: Option<Arc<dyn SmsSender>> = match (&sms.sms_url, &mail.mail_dir) {
            (Some(url), _) => {
                let token = sms.sms_token.clone().unwrap_or_default();
                let provider = HttpSms::new(url, &token, tls_config(None)?);
                let provider = provider.map_err(|fault| ConfigError::new("--sms-url", fault))?;
                Some(Arc::new(provider))
            }
            (None, Some(dir)) => Some(Arc::new(LogSms::new(MailDir::new(dir.clone())))),
            (None, None) => None,
        };
        Ok(SmsOutbox {
            control: self.core.control.clone(),
            clock: self.core.clock.clone(),
            vault: self.vault.clone(),
            sender,
        })
    }

    /// How many people have a telephone as their only second factor.
    pub async fn only_by_phone(&self) -> Result<i64, StartError> {
        let mut conn = self.core.control.checkout().await?;
        Ok(count_only_by_phone(&mut conn).await?)
    }
}
