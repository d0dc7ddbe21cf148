//! A provider of SMS, or a receiver of webhooks, that does as a test says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum Does {
    /// It is answered with this status.
    Answer(u16),
    /// It is answered with this status and this header.
    AnswerWith(u16, &'static str),
    /// It is told to go elsewhere.
    Redirect(String),
    /// It gets no answer at all.
    Hang,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: Value,
    /// The body, letter by letter.
    pub text: String,
}

/// A provider on this machine. Ends with the test's runtime.
#[derive(Clone)]
pub struct Bridge {
    pub url: String,
    script: Arc<Mutex<VecDeque<Does>>>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Request {
    /// The value of the only header of this name.
    pub fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(header, _)| header == name);
        let (_, value) = found.next().expect(name);
        assert!(found.next().is_none(), "{name} twice");
        value
    }
}

impl Bridge {
    /// Does what `script` says with each request in turn, and takes all behind its end.
    pub async fn start(script: &[Does]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let bridge = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            script: Arc::new(Mutex::new(script.iter().cloned().collect())),
            requests: Arc::default(),
        };
        let own = bridge.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let bridge = own.clone();
                tokio::spawn(async move { bridge.talk(stream).await });
            }
        });
        bridge
    }

    /// As [`Bridge::start`], behind TLS, as `localhost`.
    pub async fn start_tls() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let bridge = Self {
            url: format!("https://localhost:{port}"),
            script: Arc::default(),
            requests: Arc::default(),
        };
        let (own, tls) = (bridge.clone(), acceptor());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (bridge, tls) = (own.clone(), tls.clone());
                tokio::spawn(async move {
                    // A client that will not have the certificate is part of a test.
                    if let Ok(stream) = tls.accept(stream).await {
                        bridge.talk(stream).await;
                    }
                });
            }
        });
        bridge
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    async fn talk(&self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        let mut stream = BufReader::new(stream);
        let Some(request) = read(&mut stream).await else {
            return;
        };
        self.requests.lock().unwrap().push(request);
        let does = self.script.lock().unwrap().pop_front();
        let (status, more) = match does.unwrap_or(Does::Answer(202)) {
            Does::Answer(status) => (status, String::new()),
            Does::AnswerWith(status, header) => (status, format!("{header}\r\n")),
            Does::Redirect(url) => (307, format!("location: {url}\r\n")),
            Does::Hang => return std::future::pending().await,
        };
        let answer = format!("HTTP/1.1 {status} So\r\n{more}content-length: 5\r\n\r\nas is");
        // The client may have gone.
        let _written = stream.write_all(answer.as_bytes()).await;
        let _closed = stream.shutdown().await;
    }
}

/// A request, if it is one.
async fn read(stream: &mut (impl AsyncBufReadExt + Unpin)) -> Option<Request> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut lines = lines.into_iter();
    let line = lines.next()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            Some((name.to_ascii_lowercase(), value.to_owned()))
        })
        .collect();
    let mut length = headers.iter().filter(|(name, _)| name == "content-length");
    let mut body = vec![0; length.next()?.1.parse().ok()?];
    stream.read_exact(&mut body).await.ok()?;
    Some(Request {
        line,
        headers,
        body: serde_json::from_slice(&body).unwrap(),
        text: String::from_utf8(body).unwrap(),
    })
}

fn acceptor() -> TlsAcceptor {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/sms/tls");
    let certificate = CertificateDer::from_pem_file(format!("{folder}/provider.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(format!("{folder}/provider.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
