//! TLS of the server's own, for where nothing in front of it speaks it.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::HttpSettings;

/// Why there can be no TLS.
#[derive(Debug, thiserror::Error)]
#[error("{setting} {path}: {cause}")]
pub struct TlsFault {
    setting: &'static str,
    path: String,
    cause: String,
}

impl TlsFault {
    fn new(setting: &'static str, path: &Path, cause: &impl ToString) -> Self {
        Self {
            setting,
            path: path.display().to_string(),
            cause: cause.to_string(),
        }
    }
}

/// What the settings say, read from their files; none if they name none. A certificate
/// that was renewed counts from the next start on.
pub(super) fn config(settings: &HttpSettings) -> Result<Option<ServerConfig>, TlsFault> {
    let Some((cert_file, key_file)) = settings.tls_files() else {
        return Ok(None);
    };
    let (cert, key) = ("--tls-cert-file", "--tls-key-file");
    let read: Result<Vec<CertificateDer<'static>>, _> =
        CertificateDer::pem_file_iter(cert_file).and_then(Iterator::collect);
    let chain = read.map_err(|error| TlsFault::new(cert, cert_file, &error))?;
    let secret = PrivateKeyDer::from_pem_file(key_file)
        .map_err(|error| TlsFault::new(key, key_file, &error))?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(chain, secret)
        })
        .map_err(|error| TlsFault::new(cert, cert_file, &error))?;
    Ok(Some(config))
}
