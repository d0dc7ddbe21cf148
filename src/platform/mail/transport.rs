//! Where mails go: to a mail server, or into a folder.

mod dir;

use std::time::Duration;

use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};

pub use dir::{MailDir, StoredMail};

use super::mime::Parcel;

/// Longest time until the mail server has taken a mail.
const LONGEST: Duration = Duration::from_secs(30);

/// Takes mails.
#[derive(Clone)]
pub enum Transport {
    /// A mail server. A connection a mail: there are few, and one that hangs takes
    /// no other with it.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// A folder, for people who develop.
    Dir(MailDir),
}

/// Why a mail was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Undelivered {
    /// It may be, another time.
    Later(String),
    /// It never will.
    Never(String),
}

impl Transport {
    /// The mail server at `smtp(s)://user:password@host:port`, which is greeted in
    /// the name of `domain`.
    pub fn smtp(url: &SecretString, domain: &str) -> Result<Self, String> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret());
        let builder = builder.map_err(|error| error.to_string())?;
        let name = ClientId::Domain(domain.to_owned());
        let transport = builder.hello_name(name).timeout(Some(LONGEST)).build();
        Ok(Self::Smtp(transport))
    }

    /// Whether mails would be taken at this moment.
    pub async fn check(&self) -> Result<(), String> {
        match self {
            Self::Smtp(transport) => answers(transport).await,
            Self::Dir(dir) => dir.check().await,
        }
    }

    pub(super) async fn send(&self, parcel: Parcel) -> Result<(), Undelivered> {
        match self {
            Self::Smtp(transport) => send(transport, &parcel).await,
            Self::Dir(dir) => dir.keep(parcel).await.map_err(Undelivered::Later),
        }
    }
}

async fn send(
    transport: &AsyncSmtpTransport<Tokio1Executor>,
    parcel: &Parcel,
) -> Result<(), Undelivered> {
    let message = parcel.message().map_err(Undelivered::Never)?.formatted();
    let envelope = parcel.envelope().map_err(Undelivered::Never)?;
    let sending = transport.send_raw(&envelope, &message);
    let error = match tokio::time::timeout(LONGEST, sending).await {
        Ok(Ok(_taken)) => return Ok(()),
        Ok(Err(error)) => error,
        Err(_elapsed) => return Err(Undelivered::Later("the mail server hangs".to_owned())),
    };
    // A server that will have nothing at all, because it does not know us, says no
    // less finally than to one mail; only the latter is the mail's fault.
    if error.is_permanent() && answers(transport).await.is_ok() {
        return Err(Undelivered::Never(chain(&error)));
    }
    Err(Undelivered::Later(chain(&error)))
}

/// Whether the server lets us in.
async fn answers(transport: &AsyncSmtpTransport<Tokio1Executor>) -> Result<(), String> {
    match tokio::time::timeout(LONGEST, transport.test_connection()).await {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err("the mail server hangs up".to_owned()),
        Ok(Err(error)) => Err(chain(&error)),
        Err(_elapsed) => Err("the mail server hangs".to_owned()),
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        // Some errors tell of their cause by themselves.
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text.chars().take(500).collect()
}
