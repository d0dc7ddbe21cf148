//! Settings of mails.

use std::path::PathBuf;

use clap::Args;
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};

use super::ConfigError;
use super::values::{is_local, public_url, secret};

/// Where mails go, and where their links lead.
#[derive(Args, Clone, Debug, Default)]
pub struct MailSettings {
    /// Mail server: `smtps://user:password@host`, `smtp://user:password@host?tls=required`
    /// for STARTTLS, or `smtp://host` without TLS.
    #[arg(long, env = "TUBEX_SMTP_URL", hide_env_values = true, value_name = "URL", value_parser = secret)]
    pub smtp_url: Option<SecretString>,

    /// Who sends mails, as in `Tubex <no-reply@tubex.example>`; mails of a dealer have
    /// his name in its place.
    #[arg(long, env = "TUBEX_MAIL_FROM", value_name = "MAILBOX", value_parser = mailbox)]
    pub mail_from: Option<Mailbox>,

    /// Folder to write mails to in place of sending them, to develop with.
    #[arg(long, env = "TUBEX_MAIL_DIR", value_name = "DIR")]
    pub mail_dir: Option<PathBuf>,

    /// Where the dashboard has its pages /verify-email, /reset-password,
    /// /forgot-password and /invitation, to which mails link; if left out, pages of
    /// this server.
    #[arg(long, env = "TUBEX_DASHBOARD_URL", value_name = "URL", value_parser = public_url)]
    pub dashboard_url: Option<String>,
}

impl MailSettings {
    /// Checks what the parser can not.
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let fault = |setting, message: &str| Err(ConfigError::new(setting, message));
        match (&self.smtp_url, &self.mail_dir) {
            (Some(_), Some(_)) => fault("--mail-dir", "can not be set beside --smtp-url"),
            (Some(_), None) if self.mail_from.is_none() => {
                fault("--mail-from", "must be set with --smtp-url")
            }
            (Some(url), None) => smtp_address(url).or_else(|message| fault("--smtp-url", message)),
            (None, _) => Ok(()),
        }
    }
}

/// Who can send mails, with or without a name.
fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse()
        .map_err(|_| "must look like Tubex <no-reply@tubex.example>".to_owned())
}

/// Whether this is a connection string of a mail server, by which no password
/// travels in the clear. The messages quote nothing of it.
fn smtp_address(url: &SecretString) -> Result<(), &'static str> {
    let url = url.expose_secret();
    if AsyncSmtpTransport::<Tokio1Executor>::from_url(url).is_err() {
        return Err(
            "must look like smtps://user:password@host:465, with % and two hex digits \
            for what is special in the password",
        );
    }
    if url.contains("tls=opportunistic") {
        return Err("tls=opportunistic would go on without TLS if told to; say tls=required");
    }
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let in_the_clear = scheme == "smtp" && !url.contains("tls=required");
    match authority.rsplit_once('@') {
        Some((_, host)) if in_the_clear && !is_local(host) => {
            Err("would send the password in the clear; say smtps:// or ?tls=required")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> bool {
        smtp_address(&url.into()).is_err()
    }

    #[test]
    fn passwords_travel_by_tls_only() {
        assert!(!refused("smtps://user:p%40ss@mail.example"));
        assert!(!refused("smtp://user:pass@mail.example:587?tls=required"));
        assert!(!refused("smtp://mail.example:25"));
        assert!(!refused("smtp://user:pass@localhost:1025"));
        assert!(refused("smtp://user:pass@mail.example:587"));
        assert!(refused("smtp://user:pass@localhost.evil.example"));
        assert!(refused("smtp://user:pass@mail.example?tls=opportunistic"));
        assert!(refused("mail.example"));
        assert!(refused("https://mail.example"));
    }

    #[test]
    fn a_server_needs_a_sender() {
        let url = Some("smtp://mail.example".into());
        let mut settings = MailSettings {
            smtp_url: url,
            ..MailSettings::default()
        };
        assert!(settings.validate().is_err());
        settings.mail_from = Some(mailbox("Tubex <post@tubex.example>").unwrap());
        assert!(settings.validate().is_ok());
        settings.mail_dir = Some("mails".into());
        assert!(settings.validate().is_err());
    }
}
