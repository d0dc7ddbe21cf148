//! TLS of the server's own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tubex::config::ServerSettings;

use crate::support::{Server, server_settings};

/// A certificate for `localhost` that is good for these tests only, and its key.
fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/http/tls")
        .join(name)
}

fn with_tls(settings: &mut ServerSettings) {
    settings.http.tls_cert_file = Some(file("cert.pem"));
    settings.http.tls_key_file = Some(file("key.pem"));
}

#[tokio::test]
async fn the_server_speaks_tls_itself_if_it_has_a_certificate() {
    let server = Server::start_with(with_tls).await;
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(file("cert.pem")).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = server.url.strip_prefix("http://").unwrap();
    let line = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut line = TlsConnector::from(Arc::new(config))
        .connect(name, line)
        .await
        .unwrap();
    let request = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    line.write_all(request).await.unwrap();
    let mut heard = vec![0; 12];
    line.read_exact(&mut heard).await.unwrap();
    assert_eq!(heard, b"HTTP/1.1 200");
    // Who does not speak it is not heard.
    let plain = reqwest::get(format!("{}/livez", server.url)).await;
    assert!(plain.is_err(), "{plain:?}");
}

#[test]
fn half_of_what_tls_needs_is_refused() {
    let mut settings = server_settings();
    with_tls(&mut settings);
    assert!(settings.validate().is_ok());
    settings.http.tls_key_file = None;
    let refused = settings.validate().unwrap_err().to_string();
    assert!(refused.contains("--tls-cert-file"), "{refused}");
}
