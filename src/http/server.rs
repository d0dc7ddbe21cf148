//! Listening, and stopping without dropping what is under way.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::http::KeepAlive;
use actix_web::web::{Data, PayloadConfig};
use actix_web::{App as Host, HttpServer, middleware};

use super::graphiql::Page;
use super::tls::{self, TlsFault};
use super::{hygiene, operator, request_id, routes};
use crate::app::{App, OperatorApp};
use crate::config::{HttpSettings, half_the_processors};

/// Why the server can not listen or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error("{flag} {address}: {cause}; stop what uses it or choose another address")]
    Listen {
        /// The flag that names it.
        flag: &'static str,
        /// The configured address.
        address: SocketAddr,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The files for TLS can not be used.
    #[error(transparent)]
    Tls(#[from] TlsFault),
    /// The host failed.
    #[error("the HTTP host failed: {0}")]
    Host(#[from] std::io::Error),
}

/// Takes the address, so that the port is known before anything else starts.
pub fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    listen("--listen", address)
}

/// As [`bind`], for the operators' endpoint.
pub fn bind_operator(address: SocketAddr) -> Result<TcpListener, ServeError> {
    listen("--operator-listen", address)
}

fn listen(flag: &'static str, address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).map_err(|cause| ServeError::Listen {
        flag,
        address,
        cause,
    })
}

/// As [`serve`], with the operators' endpoint beside it if there is one. It is the
/// last to stop, so that the stopping can be watched.
pub async fn serve_both(
    app: Arc<App>,
    listener: TcpListener,
    page: Page,
    operator: Option<(OperatorApp, TcpListener)>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let operator = operator
        .map(|(app, listener)| operator::start(app, listener))
        .transpose()?;
    let served = serve(app, listener, page, stop).await;
    if let Some(operator) = operator {
        operator.stop(true).await;
    }
    served
}

/// Serves until `stop`, then lets running requests finish and closes sockets.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    page: Page,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let (data, page) = (Data::from(Arc::clone(&app)), Data::new(page));
    let max_body = app.settings.max_body_bytes;
    let http = &app.settings.http;
    let settings = Data::new(app.settings.clone());
    let server = HttpServer::new(move || {
        Host::new()
            .wrap(middleware::from_fn(hygiene::keep))
            .wrap(middleware::from_fn(request_id::assign))
            .app_data(data.clone())
            .app_data(page.clone())
            .app_data(settings.clone())
            .app_data(PayloadConfig::new(max_body))
            .configure(routes)
    })
    .keep_alive(keep_alive(http))
    .client_request_timeout(http.head_timeout_ms)
    .max_connections(http.max_connections)
    .disable_signals()
    .shutdown_timeout(app.settings.shutdown_timeout_s)
    .workers(app.settings.workers.unwrap_or_else(half_the_processors));
    let server = match tls::config(http)? {
        Some(config) => server.listen_rustls_0_23(listener, config)?,
        None => server.listen(listener)?,
    };
    let server = server.run();
    let handle = server.handle();
    let delay = app.settings.drain_delay_ms;
    let waiting = tokio::spawn(async move {
        stop.await;
        tracing::info!("stopping: requests finish, sockets close");
        app.close();
        // Load balancers need a moment to read /readyz before the door shuts.
        tokio::time::sleep(delay).await;
        handle.stop(true).await;
    });
    let outcome = server.await;
    waiting.abort();
    Ok(outcome?)
}

/// How long a connection may rest.
pub(super) const fn keep_alive(http: &HttpSettings) -> KeepAlive {
    if http.keep_alive_ms.is_zero() {
        KeepAlive::Disabled
    } else {
        KeepAlive::Timeout(http.keep_alive_ms)
    }
}
