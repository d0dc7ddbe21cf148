//! Opening connections: TLS, session defaults, and the runtime that drives them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::runtime::Runtime;
use tokio::task::{AbortHandle, JoinError, JoinHandle};
use tokio::time::timeout;
use tokio_postgres::{CancelToken, Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::{DbError, DbResult};
use super::under_way::{Patience, UnderWay};
use super::{cancel, limits};

/// How long a host may take to accept a connection.
const ACCEPT: Duration = Duration::from_secs(5);
/// How long a silent peer is let be before the system asks whether it is there.
const SILENCE: Duration = Duration::from_secs(10);
/// How long it may leave packets without a receipt, or take none: a server that
/// stores a table may pause for long.
const RECEIPT: Duration = Duration::from_secs(30);
/// How often the system asks.
const ASK_EVERY: Duration = Duration::from_secs(5);
/// What the driver takes for "not set".
const DRIVERS_IDLE: Duration = Duration::from_hours(2);

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

/// The task that drives a socket. With it the socket goes: left alone, it stays open
/// for as long as an answer is due to somebody who has gone.
pub(super) struct Driven(Option<AbortHandle>);

impl Driven {
    /// Lets the socket live for as long as it has something to say.
    pub(super) fn leave(&mut self) {
        self.0 = None;
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        if let Some(task) = self.0.take() {
            task.abort();
        }
    }
}

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
        self.opened(async move { open(&url, &setup, tls).await })
            .await
    }

    /// As [`Connector::connect`]; the connection is closed when an answer is due for
    /// too long.
    pub(super) async fn connect_watched(
        &self,
        url: &str,
        setup: &str,
        (under_way, patience): (UnderWay, Patience),
    ) -> ConnectionResult<AsyncPgConnection> {
        let (url, setup, tls) = (url.to_owned(), setup.to_owned(), self.tls.clone());
        let watched = (under_way, patience);
        self.opened(async move { open_watched(&url, &setup, tls, watched).await })
            .await
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
        let under_way = UnderWay::default();
        let watched = (under_way.clone(), Patience::of_the_owner());
        let mut conn = handle.block_on(open_watched(url, setup, self.tls.clone(), watched))?;
        conn.set_instrumentation(under_way.hook(None));
        Ok(AsyncConnectionWrapper::from(conn))
    }

    /// A bare client of the driver, and the task that drives its socket.
    pub(super) async fn client(&self, url: &str) -> ConnectionResult<(Client, Driven)> {
        let (config, tls, handle) = (config(url)?, self.tls.clone(), self.handle()?);
        let opening = async move {
            let opened = config.connect(tls).await;
            opened.map_err(|error| refused(&error))
        };
        let (client, connection) = self.opened(open_in_time(opening)).await?;
        let driven = handle.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection has ended");
            }
        });
        Ok((client, Driven(Some(driven.abort_handle()))))
    }

    /// Has the server give up what the connection of `token` is doing, if it is doing
    /// anything.
    pub(super) async fn cancel(&self, url: &str, token: &CancelToken) {
        if let Ok(config) = config(url) {
            cancel::cancel(&config, token, &self.tls).await;
        }
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

    /// Runs `work` where the answers of its statements arrive, so that none of them has to wake
    /// another thread. It ends with whoever waits for it, and after `limit`: none then, and
    /// nothing of it is at work any more.
    ///
    /// It has begun when this returns. What waits for it does not hold it, as an `async fn`
    /// would its arguments: work is large.
    pub fn drive<T, W>(
        &self,
        work: W,
        limit: Duration,
    ) -> impl Future<Output = DbResult<Option<T>>> + Send + use<T, W>
    where
        T: Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        let task = self.begun(work);
        async move {
            let mut task = task.map_err(|error| DbError::Away(error.to_string()))?;
            let ended = match timeout(limit, &mut task.0).await {
                Ok(ended) => ended,
                Err(_elapsed) => {
                    task.0.abort();
                    // It may have come to its end just now.
                    (&mut task.0).await
                }
            };
            match ended {
                Ok(value) => Ok(Some(value)),
                Err(error) if error.is_cancelled() => Ok(None),
                Err(error) => Err(DbError::Away(error.to_string())),
            }
        }
    }

    /// A connection that is opened on the driver's runtime, for as long as somebody waits
    /// for it: one that nobody wants would not be counted by anybody.
    fn opened<T, W>(
        &self,
        opening: W,
    ) -> impl Future<Output = ConnectionResult<T>> + Send + use<T, W>
    where
        T: Send + 'static,
        W: Future<Output = ConnectionResult<T>> + Send + 'static,
    {
        let task = self.begun(opening);
        async move {
            let ended = task?.end().await;
            ended.unwrap_or_else(|error| Err(ConnectionError::BadConnection(error.to_string())))
        }
    }

    fn begun<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> ConnectionResult<Awaited<T>> {
        Ok(Awaited(self.handle()?.spawn(work)))
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
    let config = config(url)?;
    open_in_time(async {
        let opened = config.connect(tls).await;
        let (client, connection) = opened.map_err(|error| refused(&error))?;
        let conn = AsyncPgConnection::try_from_client_and_connection(client, connection).await?;
        set_up(conn, setup).await
    })
    .await
}

async fn open_watched(
    url: &str,
    setup: &str,
    tls: MakeRustlsConnect,
    (under_way, patience): (UnderWay, Patience),
) -> ConnectionResult<AsyncPgConnection> {
    let config = config(url)?;
    open_in_time(async {
        let opened = config.connect(tls).await;
        let (client, connection) = opened.map_err(|error| refused(&error))?;
        tokio::spawn(under_way.drive(connection, patience));
        set_up(AsyncPgConnection::try_from(client).await?, setup).await
    })
    .await
}

async fn set_up(mut conn: AsyncPgConnection, setup: &str) -> ConnectionResult<AsyncPgConnection> {
    let done = conn.batch_execute(setup).await;
    done.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

async fn open_in_time<T>(
    opening: impl Future<Output = ConnectionResult<T>>,
) -> ConnectionResult<T> {
    let late = || ConnectionError::BadConnection("connecting took too long".to_owned());
    let opened = timeout(limits::OPEN, opening).await;
    opened.unwrap_or_else(|_elapsed| Err(late()))
}

/// How to reach the server. A peer that has gone without a word, as a machine
/// without power does, is noticed within seconds, unless the URL says otherwise.
fn config(url: &str) -> ConnectionResult<Config> {
    // The driver's own message quotes the text, and with it the password.
    let wrong = |_| ConnectionError::InvalidConnectionUrl("not a connection string".to_owned());
    let mut config: Config = url.parse().map_err(wrong)?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(ACCEPT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(RECEIPT);
    }
    if config.get_keepalives_idle() == DRIVERS_IDLE {
        config.keepalives_idle(SILENCE);
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_interval(ASK_EVERY);
    }
    if config.get_keepalives_retries().is_none() {
        config.keepalives_retries(3);
    }
    Ok(config)
}

/// A task on the driver's runtime that ends with whoever waits for it.
struct Awaited<T>(JoinHandle<T>);

impl<T> Awaited<T> {
    async fn end(mut self) -> Result<T, JoinError> {
        (&mut self.0).await
    }
}

impl<T> Drop for Awaited<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn refused(error: &tokio_postgres::Error) -> ConnectionError {
    // The driver's text leaves out the reason; the source holds it.
    let cause = std::error::Error::source(error).map(ToString::to_string);
    ConnectionError::BadConnection(cause.unwrap_or_else(|| error.to_string()))
}

/// TLS by rustls with ring, trusting the system's certificates or those in `ca_file`.
pub fn tls_config(ca_file: Option<&Path>) -> Result<rustls::ClientConfig, ConnectError> {
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
