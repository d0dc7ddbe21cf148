//! Settings of codes by SMS.

use clap::Args;
use secrecy::SecretString;

use super::ConfigError;
use super::values::{is_local, secret};

/// Who sends codes to telephones, and how many.
#[derive(Args, Clone, Debug, Default)]
#[expect(
    clippy::struct_field_names,
    reason = "the names of flags, which are those of all settings"
)]
pub struct SmsSettings {
    /// Where codes for telephones are handed to a provider of SMS, by POST of
    /// `{"to": "+84…", "text": "…", "id": "…"}`; without it none are sent.
    #[arg(long, env = "TUBEX_SMS_URL", value_name = "URL", value_parser = address)]
    pub sms_url: Option<String>,

    /// By what the provider knows this installation: the bearer token of the POST.
    #[arg(long, env = "TUBEX_SMS_TOKEN", hide_env_values = true, value_name = "TOKEN", value_parser = secret)]
    pub sms_token: Option<SecretString>,

    /// Most codes sent by SMS within 24 hours, from all nodes together: what you are
    /// ready to pay for.
    #[arg(long, env = "TUBEX_SMS_PER_DAY", value_name = "N", default_value = "1000", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub sms_per_day: u32,
}

impl SmsSettings {
    /// Checks what the parser can not.
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        match (&self.sms_url, &self.sms_token) {
            (Some(_), None) => Err(ConfigError::new(
                "--sms-token",
                "must be set with --sms-url",
            )),
            _ => Ok(()),
        }
    }
}

/// An address to which codes and the token travel by TLS, or on this machine.
fn address(text: &str) -> Result<String, String> {
    let url: Option<hyper::Uri> = text.parse().ok();
    let wrong = || "must look like https://sms.example/messages".to_owned();
    let url = url.ok_or_else(wrong)?;
    let authority = url.authority().ok_or_else(wrong)?;
    match url.scheme_str() {
        _ if authority.as_str().contains('@') => {
            Err("must hold no password; say --sms-token".to_owned())
        }
        Some("https") => Ok(text.to_owned()),
        Some("http") if is_local(authority.as_str()) => Ok(text.to_owned()),
        Some("http") => Err("would send codes in the clear; say https://".to_owned()),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_travel_by_tls_or_not_at_all() {
        for right in [
            "https://sms.example/v1/messages?from=tubex",
            "http://127.0.0.1:9000/",
            "http://localhost",
            "http://[::1]:9000/send",
        ] {
            assert_eq!(address(right).as_deref(), Ok(right));
        }
        for wrong in [
            "",
            "sms.example",
            "/messages",
            "http://sms.example/",
            "http://localhost.evil.example/",
            "https://user:secret@sms.example/",
            "ftp://sms.example/",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
            assert!(!address(wrong).unwrap_err().contains("secret"));
        }
    }

    #[test]
    fn a_provider_needs_a_token() {
        let mut settings = SmsSettings {
            sms_url: Some("https://sms.example/".to_owned()),
            ..SmsSettings::default()
        };
        assert!(settings.validate().is_err());
        settings.sms_token = Some("hush".into());
        assert!(settings.validate().is_ok());
    }
}
