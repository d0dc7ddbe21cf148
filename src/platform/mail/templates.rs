//! The texts of mails.
//!
//! A template of a text opens with the subject. A value that is missing is an
//! error, and in HTML every value is escaped.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use super::compose::Letter;
use super::model::MailKind;
use crate::error::{AppError, AppResult};

/// The product, for mails that come from no dealer.
const PRODUCT: &str = "Tubex";

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        [$(
            (concat!($name, ".txt"), include_str!(concat!("templates/", $name, ".txt"))),
            (concat!($name, ".html"), include_str!(concat!("templates/", $name, ".html"))),
        )+]
    };
}

const SOURCES: &[(&str, &str)] = &templates![
    "frame",
    "occasion",
    "verify_email",
    "reset_password",
    "invitation",
    "refresh_token_reused",
    "new_device",
    "password_changed",
    "phone_added",
    "phone_removed",
    "authenticator_added",
    "authenticator_removed",
    "backup_codes_renewed",
    "second_factor_reset",
    "api_key_created",
    "webhook_failing",
    "webhook_disabled",
    "payment_reminder",
    "invoice",
];

static TEMPLATES: LazyLock<Result<Environment<'static>, minijinja::Error>> =
    LazyLock::new(environment);

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()?;
    environment.set_syntax(syntax);
    environment.set_auto_escape_callback(|name| {
        if name
            .rsplit_once('.')
            .is_some_and(|(_, kind)| kind == "html")
        {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    for (name, source) in SOURCES {
        environment.add_template(name, source)?;
    }
    environment.add_template("button.html", include_str!("templates/button.html"))?;
    Ok(environment)
}

const fn name(kind: MailKind) -> &'static str {
    match kind {
        MailKind::VerifyEmail => "verify_email",
        MailKind::ResetPassword => "reset_password",
        MailKind::Invitation => "invitation",
        MailKind::RefreshTokenReused => "refresh_token_reused",
        MailKind::NewDevice => "new_device",
        MailKind::PasswordChanged => "password_changed",
        MailKind::PhoneAdded => "phone_added",
        MailKind::PhoneRemoved => "phone_removed",
        MailKind::AuthenticatorAdded => "authenticator_added",
        MailKind::AuthenticatorRemoved => "authenticator_removed",
        MailKind::BackupCodesRenewed => "backup_codes_renewed",
        MailKind::SecondFactorReset => "second_factor_reset",
        MailKind::ApiKeyCreated => "api_key_created",
        MailKind::WebhookFailing => "webhook_failing",
        MailKind::WebhookDisabled => "webhook_disabled",
        MailKind::PaymentReminder => "payment_reminder",
        MailKind::Invoice => "invoice",
    }
}

#[derive(Serialize)]
struct Framed<'a, V> {
    /// Whose name stands at the head.
    brand: &'a str,
    product: &'static str,
    /// Whether that is a dealer's.
    of_dealer: bool,
    subject: &'a str,
    #[serde(flatten)]
    values: &'a V,
}

/// The mail of this kind with these values, in the name of a dealer or in the
/// platform's own.
pub fn render<V: Serialize>(
    kind: MailKind,
    brand: Option<String>,
    values: &V,
) -> AppResult<Letter> {
    let name = name(kind);
    let mut framed = Framed {
        brand: brand.as_deref().unwrap_or(PRODUCT),
        product: PRODUCT,
        of_dealer: brand.is_some(),
        subject: "",
        values,
    };
    let text = render_one(&format!("{name}.txt"), &framed)?;
    let (subject, text) = text
        .strip_prefix("Subject: ")
        .and_then(|text| text.split_once("\n\n"))
        .ok_or_else(|| AppError::internal(format!("{name}.txt does not open with a subject")))?;
    framed.subject = subject;
    Ok(Letter {
        html: render_one(&format!("{name}.html"), &framed)?,
        subject: subject.to_owned(),
        text: text.to_owned(),
        brand,
        attachments: Vec::new(),
    })
}

fn render_one<V: Serialize>(name: &str, values: &V) -> AppResult<String> {
    let templates = TEMPLATES.as_ref().map_err(AppError::internal)?;
    let template = templates.get_template(name).map_err(AppError::internal)?;
    template.render(Serde(values)).map_err(AppError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_value_is_an_error() {
        let nothing: [(&str, &str); 0] = [];
        let values: std::collections::BTreeMap<_, _> = nothing.into();
        for kind in MailKind::ALL {
            assert!(render(kind, None, &values).is_err(), "{kind:?}");
        }
    }
}
