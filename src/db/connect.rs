//! Opening connections: TLS, session defaults, and the runtime that drives them.

use std::path::Path;
use std::sync::Arc;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::runtime::Runtime;
use tokio_postgres::Client;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::{DbError, DbResult};

/// Why the database side could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// A file of certificates is missing or not PEM.
    #[error("--database-ca-file {path}: {cause}")]
    CaFile {
        /// The configured path.
        path: String,
        /// What is wrong with it.
        cause: String,
    },
    /// Threads or TLS could not be set up.
    #[error("the database driver could not start: {0}")]
    Driver(String),
}

/// Makes connections and drives their sockets.
///
/// All sockets are driven by a small runtime of their own. Left to the runtime
/// that happens to open it, a connection of a shared pool lives on an arbitrary
/// HTTP worker and each use from another worker pays a wake-up across threads;
/// a runtime apart measured 20 to 30 % more requests a second.
#[derive(Clone)]
pub struct Connector {
    tls: MakeRustlsConnect,
    driver: Arc<Driver>,
}

struct Driver(Option<Runtime>);

impl Drop for Driver {
    fn drop(&mut self) {
        // The last owner may sit in async code, where waiting is a panic.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Connector {
    /// A connector that trusts the system's certificates, or those in `ca_file`.
    pub fn new(ca_file: Option<&Path>, threads: usize) -> Result<Self, ConnectError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads.max(1))
            .thread_name("tubex-db")
            .enable_all()
            .build()
            .map_err(|error| ConnectError::Driver(error.to_string()))?;
        Ok(Self {
            tls: MakeRustlsConnect::new(tls_config(ca_file)?),
            driver: Arc::new(Driver(Some(runtime))),
        })
    }

    /// Opens a connection and runs `setup` on it. Callable from any async code.
    pub async fn connect(&self, url: &str, setup: &str) -> ConnectionResult<AsyncPgConnection> {
        let (url, setup, tls) = (url.to_owned(), setup.to_owned(), self.tls.clone());
        self.handle()?
            .spawn(async move { open(&url, &setup, tls).await })
            .await
            .map_err(|error| ConnectionError::BadConnection(error.to_string()))?
    }

    /// Opens a connection without diesel around it and runs `setup` on it.
    pub(super) async fn client(&self, url: &str, setup: &str) -> ConnectionResult<Client> {
        let (url, setup, tls) = (url.to_owned(), setup.to_owned(), self.tls.clone());
        let opening = async move {
            let (client, connection) = tokio_postgres::connect(&url, tls).await.map_err(bad)?;
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection of the request pool has ended");
                }
            });
            client.batch_execute(&setup).await.map_err(bad)?;
            Ok(client)
        };
        self.handle()?
            .spawn(opening)
            .await
            .map_err(|error| ConnectionError::BadConnection(error.to_string()))?
    }

    /// As [`Connector::connect`], for threads that may block.
    pub fn connect_blocking(
        &self,
        url: &str,
        setup: &str,
    ) -> ConnectionResult<AsyncConnectionWrapper<AsyncPgConnection>> {
        let handle = self.handle()?;
        // The wrapper takes the runtime it is made in; without one it would
        // start a runtime per connection, whose drop panics in async code.
        let _entered = handle.enter();
        let conn = handle.block_on(open(url, setup, self.tls.clone()))?;
        Ok(AsyncConnectionWrapper::from(conn))
    }

    /// Runs `future` on the driver's runtime to its end, whether or not the
    /// caller goes on waiting.
    pub async fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = DbResult<T>> + Send + 'static,
    ) -> DbResult<T> {
        let away = |error: &dyn std::fmt::Display| DbError::Away(error.to_string());
        let handle = self.handle().map_err(|error| away(&error))?;
        handle
            .spawn(future)
            .await
            .unwrap_or_else(|error| Err(away(&error)))
    }

    /// Runs `future` on the driver's runtime; nobody waits for it.
    pub fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        if let Ok(handle) = self.handle() {
            handle.spawn(future);
        }
    }

    fn handle(&self) -> ConnectionResult<&tokio::runtime::Handle> {
        match &self.driver.0 {
            Some(runtime) => Ok(runtime.handle()),
            None => Err(ConnectionError::BadConnection("driver stopped".into())),
        }
    }
}

async fn open(
    url: &str,
    setup: &str,
    tls: MakeRustlsConnect,
) -> ConnectionResult<AsyncPgConnection> {
    let (client, connection) = tokio_postgres::connect(url, tls).await.map_err(bad)?;
    let mut conn = AsyncPgConnection::try_from_client_and_connection(client, connection).await?;
    conn.batch_execute(setup)
        .await
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

/// The driver's text leaves out the reason; the source holds it.
#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn bad(error: tokio_postgres::Error) -> ConnectionError {
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    ConnectionError::BadConnection(cause.unwrap_or_else(|| error.to_string()))
}

fn tls_config(ca_file: Option<&Path>) -> Result<rustls::ClientConfig, ConnectError> {
    let mut roots = rustls::RootCertStore::empty();
    match ca_file {
        Some(path) => roots.add_parsable_certificates(certificates(path)?),
        // A machine without certificates can still reach a database that does
        // not speak TLS, so an empty store is no error here.
        None => roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ConnectError::Driver(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| ConnectError::CaFile {
            path: path.display().to_string(),
            cause: error.to_string(),
        })
}
