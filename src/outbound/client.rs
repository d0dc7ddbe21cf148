//! One call: look the name up, connect, send, read the beginning of the answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper::header::{HOST, HeaderMap};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::guard::{Guard, Refused};
use super::target::{Host, Target};

/// Addresses of one name that are tried.
const MOST_ADDRESSES: usize = 4;
/// Longest time until one of them is connected.
const CONNECT: Duration = Duration::from_secs(5);
/// Longest time for the body of an answer whose head is there already.
const BODY: Duration = Duration::from_secs(5);

/// Calls servers of others.
#[derive(Clone)]
pub struct Client {
    tls: TlsConnector,
    guard: Option<Arc<Guard>>,
}

/// How much is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Until the whole answer is there.
    pub time: Duration,
    /// Bytes of its body that are read; the rest is left.
    pub body: usize,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, or its beginning.
    pub body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It took too long.
    #[error("no answer within {0:?}")]
    Time(Duration),
    /// The name stands for no address.
    #[error("the name can not be looked up: {0}")]
    Lookup(String),
    /// It may not be called.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nobody is there.
    #[error("no connection: {0}")]
    Connection(String),
    /// It does not show who it is.
    #[error("no TLS: {0}")]
    Tls(String),
    /// It does not speak HTTP, or ended in the middle of it.
    #[error("{0}")]
    Protocol(String),
}

impl Client {
    /// Calls whomever it is told to, as our own settings do.
    pub fn new(tls: rustls::ClientConfig) -> Self {
        Self {
            tls: TlsConnector::from(Arc::new(tls)),
            guard: None,
        }
    }

    /// Calls whom `guard` lets it.
    #[must_use]
    pub fn guarded(mut self, guard: Guard) -> Self {
        self.guard = Some(Arc::new(guard));
        self
    }

    /// Sends `body`; an answer of any status is one. No redirect is followed.
    pub async fn post(
        &self,
        target: &Target,
        headers: HeaderMap,
        body: Bytes,
        bounds: Bounds,
    ) -> Result<Answer, Fault> {
        let call = self.call(target, headers, body, bounds.body);
        let elapsed = |_| Fault::Time(bounds.time);
        timeout(bounds.time, call).await.map_err(elapsed)?
    }

    async fn call(
        &self,
        target: &Target,
        headers: HeaderMap,
        body: Bytes,
        most: usize,
    ) -> Result<Answer, Fault> {
        let broken = |error: hyper::http::Error| Fault::Protocol(error.to_string());
        let mut request = Request::post(target.path())
            .body(Full::from(body))
            .map_err(broken)?;
        *request.headers_mut() = headers;
        request
            .headers_mut()
            .insert(HOST, target.authority().clone());
        let stream = connect(&self.addresses(target).await?).await?;
        if !target.is_tls() {
            return exchange(stream, request, most).await;
        }
        let fault = |error: std::io::Error| Fault::Tls(error.to_string());
        let stream = self.tls.connect(server_name(target)?, stream).await;
        exchange(stream.map_err(fault)?, request, most).await
    }

    /// Where the target is, now. With a guard, all of it may be called or nothing is:
    /// a name that also stands for something inside is not called by its other address.
    async fn addresses(&self, target: &Target) -> Result<Vec<SocketAddr>, Fault> {
        let port = target.port();
        let addresses = match target.host() {
            Host::Address(address) => vec![SocketAddr::new(*address, port)],
            Host::Name(name) => {
                let found = lookup_host((name.as_str(), port)).await;
                let found = found.map_err(|error| Fault::Lookup(error.to_string()))?;
                let canonical = |at: SocketAddr| SocketAddr::new(at.ip().to_canonical(), port);
                found.map(canonical).collect()
            }
        };
        if let Some(guard) = &self.guard {
            guard.check(target)?;
            for address in &addresses {
                guard.admits(address.ip(), port)?;
            }
        }
        Ok(addresses)
    }
}

fn server_name(target: &Target) -> Result<ServerName<'static>, Fault> {
    match target.host() {
        Host::Address(address) => Ok(ServerName::from(*address)),
        Host::Name(name) => {
            let name = name.trim_end_matches('.').to_owned();
            ServerName::try_from(name).map_err(|error| Fault::Tls(error.to_string()))
        }
    }
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, Fault> {
    let mut last = "the name stands for no address".to_owned();
    for address in addresses.iter().take(MOST_ADDRESSES) {
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error.to_string(),
            Err(_elapsed) => last = format!("nobody answers within {CONNECT:?}"),
        }
    }
    Err(Fault::Connection(last))
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    request: Request<Full<Bytes>>,
    most: usize,
) -> Result<Answer, Fault> {
    let (mut sender, connection) = handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(&error))?;
    let talk = std::pin::pin!(async move {
        let answer = sender.send_request(request).await;
        let answer = answer.map_err(|error| broken(&error))?;
        let (head, body) = answer.into_parts();
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: beginning(body, most).await,
        })
    });
    match select(talk, std::pin::pin!(connection)).await {
        Either::Left((answer, _connection)) => answer,
        // It was the connection's end that brought it.
        Either::Right((_ended, talk)) => talk.await,
    }
}

/// At most so many bytes of a body. What is wrong with it is no matter: the answer
/// stands in the head.
async fn beginning(mut body: Incoming, most: usize) -> Vec<u8> {
    let mut read = Vec::new();
    let reading = async {
        while read.len() < most {
            let Some(Ok(frame)) = body.frame().await else {
                break;
            };
            if let Some(data) = frame.data_ref() {
                let room = most.saturating_sub(read.len());
                read.extend(data.iter().take(room));
            }
        }
    };
    // What was read until then will do.
    let _in_time = timeout(BODY, reading).await;
    read
}

fn broken(error: &hyper::Error) -> Fault {
    Fault::Protocol(match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    })
}
