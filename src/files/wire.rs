//! The line to a store that speaks S3: a connection a request, by the crates that are
//! here anyway. Whoever hangs takes nobody else with him.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper::header::{HOST, HeaderValue};
use hyper::{Response, Uri};
use hyper_util::rt::TokioIo;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Longest time until an answer begins; a part of a file is sent in it.
const LONGEST: Duration = Duration::from_mins(1);

/// Opens connections.
#[derive(Clone)]
pub(super) struct Wire {
    tls: TlsConnector,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

impl Wire {
    pub(super) fn new(tls: rustls::ClientConfig) -> Self {
        Self {
            tls: TlsConnector::from(Arc::new(tls)),
        }
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let target = request.uri().clone();
        let is_tls = target.scheme_str() != Some("http");
        let host = target.host().unwrap_or_default().trim_matches(['[', ']']);
        let port = target.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let stream = TcpStream::connect((host, port)).await;
        let stream = stream.map_err(|error| HttpError::new(HttpErrorKind::Connect, error))?;
        let request = relative(request, &target)?;
        if !is_tls {
            return exchange(stream, request).await;
        }
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
        let stream = self.tls.connect(name, stream).await;
        let stream = stream.map_err(|error| HttpError::new(HttpErrorKind::Connect, error))?;
        exchange(stream, request).await
    }
}

impl HttpConnector for Wire {
    fn connect(&self, _options: &object_store::ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

type Answering<'a> = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'a>>;

impl HttpService for Wire {
    fn call<'s, 'a>(&'s self, request: HttpRequest) -> Answering<'a>
    where
        's: 'a,
        Self: 'a,
    {
        Box::pin(async move {
            let answer = timeout(LONGEST, self.send(request)).await;
            answer.unwrap_or_else(|elapsed| Err(HttpError::new(HttpErrorKind::Timeout, elapsed)))
        })
    }
}

/// The request as it stands on a connection: path only, with the host in a header.
fn relative(mut request: HttpRequest, target: &Uri) -> Result<HttpRequest, HttpError> {
    let unfit = |error: Box<dyn std::error::Error + Send + Sync>| {
        HttpError::new_boxed(HttpErrorKind::Unknown, error)
    };
    if !request.headers().contains_key(HOST) {
        let authority = target
            .authority()
            .map_or("", |authority| authority.as_str());
        let host = HeaderValue::from_str(authority).map_err(|error| unfit(error.into()))?;
        request.headers_mut().insert(HOST, host);
    }
    let path = target.path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path
        .parse()
        .map_err(|error: hyper::http::uri::InvalidUri| unfit(error.into()))?;
    Ok(request)
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: HttpRequest,
) -> Result<HttpResponse, HttpError> {
    let failed = |error| HttpError::new(HttpErrorKind::Request, error);
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(failed)?;
    // It ends with the body of the answer, or when that is dropped.
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to the object store broke");
        }
    });
    let response = sender.send_request(request).await.map_err(failed)?;
    Ok(response_of(response))
}

fn response_of(response: Response<Incoming>) -> HttpResponse {
    let (parts, body) = response.into_parts();
    let body = body.map_err(|error| HttpError::new(HttpErrorKind::Interrupted, error));
    HttpResponse::from_parts(parts, HttpResponseBody::new(body))
}
