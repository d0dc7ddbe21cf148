//! Messages by HTTP: a provider's own interface, or a small bridge to it.
//!
//! `POST` of `{"to": "+84…", "text": "…", "id": "sms_…"}` with a bearer token. 2xx
//! means taken. A connection a message, as with mails: there are few, and one that
//! hangs takes no other with it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, Either, select};
use http_body_util::Full;
use hyper::client::conn::http1::handshake;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::sender::{Message, SmsSender, Unsent};

/// Longest time until a message is taken.
pub(super) const LONGEST: Duration = Duration::from_secs(10);

/// A provider that is reached by HTTP.
pub struct HttpSms {
    host: String,
    port: u16,
    /// As it stands in the `Host` header.
    authority: HeaderValue,
    path: String,
    token: HeaderValue,
    /// None where the provider is this machine.
    tls: Option<(TlsConnector, ServerName<'static>)>,
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
        let url: Uri = url.parse().map_err(|_| "must be an address")?;
        let authority = url.authority().ok_or("must name a host")?;
        let is_tls = url.scheme_str() != Some("http");
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host.clone()).map_err(|_| "must name a host")?;
        let token = format!("Bearer {}", token.expose_secret());
        let mut token = HeaderValue::try_from(token).map_err(|_| "can not stand in a header")?;
        token.set_sensitive(true);
        let path = url.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self {
            port: authority
                .port_u16()
                .unwrap_or(if is_tls { 443 } else { 80 }),
            authority: HeaderValue::from_str(authority.as_str()).map_err(|_| "must name a host")?,
            path: path.to_owned(),
            host,
            token,
            tls: is_tls.then(|| (TlsConnector::from(Arc::new(tls)), name)),
            longest: LONGEST,
        })
    }

    /// The same, which waits this long for an answer.
    #[must_use]
    pub const fn waiting(mut self, longest: Duration) -> Self {
        self.longest = longest;
        self
    }

    fn request(&self, message: &Message) -> Result<Request<Full<Bytes>>, String> {
        let id = message.id.to_string();
        let mut request = Request::post(&self.path)
            .header(HOST, &self.authority)
            .header(AUTHORIZATION, &self.token)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", &id);
        let body = Body {
            to: &message.to,
            text: message.text.expose_secret(),
            id,
        };
        let body = serde_json::to_vec(&body).map_err(|error| error.to_string())?;
        request = request.header("user-agent", "tubex");
        let request = request.body(Full::from(body));
        request.map_err(|error| error.to_string())
    }

    async fn post(&self, message: &Message) -> Result<StatusCode, String> {
        let request = self.request(message)?;
        let connecting = TcpStream::connect((self.host.as_str(), self.port));
        let stream = connecting.await.map_err(|error| error.to_string())?;
        match &self.tls {
            None => exchange(stream, request).await,
            Some((tls, name)) => {
                let stream = tls.connect(name.clone(), stream).await;
                exchange(stream.map_err(|error| error.to_string())?, request).await
            }
        }
    }
}

impl SmsSender for HttpSms {
    fn send<'s>(&'s self, message: &'s Message) -> BoxFuture<'s, Result<(), Unsent>> {
        Box::pin(async move {
            match tokio::time::timeout(self.longest, self.post(message)).await {
                Ok(Ok(status)) => taken(status),
                Ok(Err(cause)) => Err(Unsent::Later(cause)),
                Err(_elapsed) => Err(Unsent::Later("the provider hangs".to_owned())),
            }
        })
    }
}

/// Sends the request and gives the status of the answer; its body may repeat the
/// message, and is not read.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    request: Request<Full<Bytes>>,
) -> Result<StatusCode, String> {
    let failed = |error: hyper::Error| match std::error::Error::source(&error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    };
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(failed)?;
    let answer = std::pin::pin!(sender.send_request(request));
    let answer = match select(answer, std::pin::pin!(connection)).await {
        Either::Left((answer, _connection)) => answer,
        // It was the connection's end that brought it.
        Either::Right((_ended, answer)) => answer.await,
    };
    Ok(answer.map_err(failed)?.status())
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
