//! The operators' endpoint: a listener, routes and a schema of its own.
//!
//! It shares no router with the shops. What it does with an operation is the code
//! of [`crate::http::execute`], limits included.

mod metrics;
mod transfer;

use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Data, PayloadConfig, ServiceConfig};
use actix_web::{App as Host, HttpServer, middleware};
use async_graphql::{Request, Response};
use tracing::Span;
use uuid::Uuid;

use super::credentials::Credentials;
use super::endpoint::{Endpoint, driven};
use super::server::keep_alive;
use super::{graphql, health, hygiene, request_id};
use crate::app::rates::Charged;
use crate::app::{App, OperatorApp};
use crate::auth::operator::Operator;
use crate::error::{AppError, AppResult};
use crate::graphql::document::Documents;
use crate::platform::operator::scope::OperatorScope;
use crate::telemetry::serving::Door;

/// Every path the operators' endpoint answers.
fn routes(config: &mut ServiceConfig) {
    config
        .route("/livez", web::get().to(health::livez))
        .route("/metrics", web::get().to(metrics::metrics))
        .configure(transfer::routes)
        .service(
            web::resource("/graphql")
                .route(web::post().to(graphql::post::<OperatorApp>))
                .route(web::get().to(graphql::get::<OperatorApp>))
                .default_service(web::to(graphql::wrong_method::<OperatorApp>)),
        );
}

/// Nobody is let in without a token, not even to introspect.
impl Endpoint for OperatorApp {
    const DOOR: Door = Door::Operator;
    const USAGE: &'static str = "POST operations here as JSON, or GET queries in the address";
    type Caller = Operator;
    type Scope = OperatorScope;

    fn app(&self) -> &App {
        &self.app
    }

    async fn admit(&self, credentials: &Credentials<'_>) -> AppResult<Self::Caller> {
        let token = credentials.bearer().ok_or_else(|| {
            AppError::unauthenticated(
                "send an operator's token; make one with `tubex operator token`",
            )
        })?;
        self.tokens.verify(token)
    }

    fn sign(caller: &Self::Caller, span: &Span) {
        span.record("operator", tracing::field::display(caller.name()));
    }

    fn scope(&self, caller: Self::Caller, request_id: Uuid) -> Self::Scope {
        let (control, rows) = (self.app.core.control.clone(), self.app.settings.max_rows);
        OperatorScope::new(control, caller, request_id, rows)
    }

    /// Operators are few, and known.
    fn charged(_caller: &Operator, _address: IpAddr) -> Option<Charged> {
        None
    }

    fn documents(&self) -> &Documents {
        &self.documents
    }

    async fn run(
        &self,
        request: Request,
        scope: Arc<OperatorScope>,
        limit: Duration,
    ) -> AppResult<Option<Response>> {
        let schema = self.schema.clone();
        let work = async move { schema.execute(request.data(scope)).await };
        driven(&self.app, work, limit).await
    }
}

/// Serves operators until the handle stops it. One thread is enough for them,
/// and more could take the control plane from those who sign in.
pub(super) fn start(app: OperatorApp, listener: TcpListener) -> std::io::Result<ServerHandle> {
    let settings = &app.app.settings;
    let (max_body, timeout) = (settings.max_body_bytes, settings.shutdown_timeout_s);
    let (keep_alive, head_timeout) = (keep_alive(&settings.http), settings.http.head_timeout_ms);
    let settings = Data::new(settings.clone());
    let data = Data::new(app);
    let server = HttpServer::new(move || {
        Host::new()
            .wrap(middleware::from_fn(hygiene::keep))
            .wrap(middleware::from_fn(request_id::assign))
            .app_data(data.clone())
            .app_data(settings.clone())
            .app_data(PayloadConfig::new(max_body))
            .configure(routes)
    })
    .keep_alive(keep_alive)
    .client_request_timeout(head_timeout)
    .disable_signals()
    .shutdown_timeout(timeout)
    .workers(1)
    .listen(listener)?
    .run();
    let handle = server.handle();
    actix_web::rt::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the operators' endpoint has failed");
        }
    });
    Ok(handle)
}
