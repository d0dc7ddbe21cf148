//! Messages by HTTP: a provider's own interface, or a small bridge to it.
//!
//! `POST` of `{"to": "+84…", "text": "…", "id": "sms_…"}` with a bearer token. 2xx
//! means taken. A connection a message, as with mails: there are few, and one that
//! hangs takes no other with it.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::sender::{Message, SmsSender, Unsent};
use crate::outbound::{Bounds, Client, Fault, Target};

/// Longest time until a message is taken.
pub(super) const LONGEST: Duration = Duration::from_secs(10);

/// A provider that is reached by HTTP.
pub struct HttpSms {
    client: Client,
    target: Target,
    token: HeaderValue,
    longest: Duration,
}

#[derive(Serialize)]
struct Body<'m> {
    to: &'m str,
    text: &'m str,
    id: String,
}

impl HttpSms {
    /// The provider at `url`, who knows us by `token`. `https` is spoken as `tls`
    /// says.
    pub fn new(
        url: &str,
        token: &SecretString,
        tls: rustls::ClientConfig,
    ) -> Result<Self, &'static str> {
        let token = format!("Bearer {}", token.expose_secret());
        let mut token = HeaderValue::try_from(token).map_err(|_| "can not stand in a header")?;
        token.set_sensitive(true);
        Ok(Self {
            client: Client::new(tls),
            target: Target::parse(url)?,
            token,
            longest: LONGEST,
        })
    }

    /// The same, which waits this long for an answer.
    #[must_use]
    pub const fn waiting(mut self, longest: Duration) -> Self {
        self.longest = longest;
        self
    }

    async fn post(&self, message: &Message) -> Result<StatusCode, String> {
        let id = message.id.to_string();
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, self.token.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static("tubex"));
        let key = HeaderValue::try_from(&id).map_err(|error| error.to_string())?;
        headers.insert("idempotency-key", key);
        let body = Body {
            to: &message.to,
            text: message.text.expose_secret(),
            id,
        };
        let body = serde_json::to_vec(&body).map_err(|error| error.to_string())?;
        // The body of the answer may repeat the message, and is not read.
        let bounds = Bounds {
            time: self.longest,
            body: 0,
        };
        let posted = self
            .client
            .post(&self.target, headers, Bytes::from(body), bounds);
        posted
            .await
            .map(|answer| answer.status)
            .map_err(|fault| match fault {
                Fault::Time(_) => "the provider hangs".to_owned(),
                fault => fault.to_string(),
            })
    }
}

impl SmsSender for HttpSms {
    fn send<'s>(&'s self, message: &'s Message) -> BoxFuture<'s, Result<(), Unsent>> {
        Box::pin(async move {
            match self.post(message).await {
                Ok(status) => taken(status),
                Err(cause) => Err(Unsent::Later(cause)),
            }
        })
    }
}

/// What the provider says of a message that it could read is final; all else, such
/// as that it does not know us, may pass.
fn taken(status: StatusCode) -> Result<(), Unsent> {
    let cause = format!("the provider answers {status}");
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => Err(Unsent::Never(cause)),
        _ => Err(Unsent::Later(cause)),
    }
}
