//! What an endpoint is: who may call it, and which schema answers.
//!
//! There are two, with a listener, a token audience and a schema each. What they
//! do with a request is the same code ([`super::graphql`], [`super::execute`]), so
//! the limits of one are those of the other.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use async_graphql::{Request, Response};
use tracing::{Instrument, Span};
use uuid::Uuid;

use super::credentials::Credentials;
use crate::app::App;
use crate::app::rates::Charged;
use crate::auth::api_key;
use crate::auth::keys::TokenFault;
use crate::auth::principal::Principal;
use crate::auth::token::refused;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::graphql::context::OperationScope;
use crate::graphql::document::Documents;
use crate::graphql::scope::{RequestScope, Sender};
use crate::telemetry::serving::Door;
use crate::tenancy::TenantContext;

/// A place where operations are taken.
pub(super) trait Endpoint: 'static {
    /// Its name among the figures.
    const DOOR: Door;
    /// How it is spoken to, for those who try otherwise.
    const USAGE: &'static str;
    /// Who may call.
    type Caller;
    /// What an operation carries.
    type Scope: OperationScope;

    /// The parts of the program.
    fn app(&self) -> &App;

    /// Who calls, by what the request brings.
    async fn admit(&self, credentials: &Credentials<'_>) -> AppResult<Self::Caller>;

    /// Who has sent `request`.
    async fn admit_sender(&self, request: &HttpRequest) -> AppResult<Self::Caller> {
        let credentials = Credentials::of(request, &self.app().settings)?;
        self.admit(&credentials).await
    }

    /// Names the caller in the log.
    fn sign(caller: &Self::Caller, span: &Span);

    /// The scope of one operation.
    fn scope(&self, caller: Self::Caller, request_id: Uuid) -> Self::Scope;

    /// Of whose share an operation from `address` is; none where there are no shares.
    fn charged(caller: &Self::Caller, address: IpAddr) -> Option<Charged>;

    /// Refuses a caller for whom nothing could be done now, before anything is.
    fn check_room(&self, _caller: &Self::Caller) -> AppResult<()> {
        Ok(())
    }

    /// The documents that are known, and the limits on them.
    fn documents(&self) -> &Documents;

    /// Runs a query or mutation; none if it took longer than `limit`, and was ended.
    async fn run(
        &self,
        request: Request,
        scope: Arc<Self::Scope>,
        limit: Duration,
    ) -> AppResult<Option<Response>>;
}

/// The endpoint of the shops. Without a token the caller is nobody, who may
/// introspect, sign in and register.
impl Endpoint for App {
    const DOOR: Door = Door::Api;
    const USAGE: &'static str = "POST operations here as JSON, GET queries in the address, or \
        open a websocket with the graphql-transport-ws protocol; /graphiql has a page to \
        explore by hand";
    type Caller = Sender;
    type Scope = RequestScope;

    fn app(&self) -> &App {
        self
    }

    async fn admit(&self, credentials: &Credentials<'_>) -> AppResult<Self::Caller> {
        Ok(self.admit_caller(credentials).await?.into())
    }

    async fn admit_sender(&self, request: &HttpRequest) -> AppResult<Self::Caller> {
        let credentials = Credentials::of(request, &self.settings)?;
        match self.admit(&credentials).await {
            Err(error) if credentials.bearer().is_none() && !error.code().is_server_fault() => {
                Ok(Sender::Refused(error))
            }
            admitted => admitted,
        }
    }

    fn sign(caller: &Self::Caller, span: &Span) {
        let Sender::Known(context) = caller else {
            return;
        };
        span.record("dealer", tracing::field::display(context.dealer().id));
        if let Some(principal) = context.principal() {
            span.record("user", tracing::field::display(principal.user()));
            if let Some(operator) = principal.impersonator() {
                span.record("operator", tracing::field::display(operator));
            }
            if let Some(key) = principal.api_key() {
                span.record("api_key", tracing::field::display(key.id));
            }
        }
    }

    fn scope(&self, caller: Self::Caller, request_id: Uuid) -> Self::Scope {
        let rows = self.settings.max_rows;
        RequestScope::new(self.tenants.clone(), caller, request_id, rows)
    }

    fn charged(caller: &Self::Caller, address: IpAddr) -> Option<Charged> {
        match caller {
            Sender::Known(context) => {
                let plan = &context.dealer().plan;
                let principal = context.principal();
                principal.map(|principal| Charged::principal(principal, plan))
            }
            Sender::Nobody | Sender::Refused(_) => Some(Charged::stranger(address)),
        }
    }

    /// A dealer's flood is met here, and not where his rows are: parsing and resolving for
    /// thousands who find his queue full would take from the others what it is to protect.
    fn check_room(&self, caller: &Self::Caller) -> AppResult<()> {
        match caller {
            Sender::Known(context) => Ok(self.tenants.check_room(context)?),
            Sender::Nobody | Sender::Refused(_) => Ok(()),
        }
    }

    fn documents(&self) -> &Documents {
        &self.documents
    }

    async fn run(
        &self,
        request: Request,
        scope: Arc<RequestScope>,
        limit: Duration,
    ) -> AppResult<Option<Response>> {
        let schema = self.schema.clone();
        let work = async move {
            let response = schema.execute(request.data(Arc::clone(&scope))).await;
            scope.release().await;
            response
        };
        driven(self, work, limit).await
    }
}

/// Runs an operation on the threads that drive the database's sockets. Those that take
/// requests then have nothing to do but that, however much the operations at work ask for.
pub(super) fn driven<W>(
    app: &App,
    work: W,
    limit: Duration,
) -> impl Future<Output = AppResult<Option<Response>>> + use<W>
where
    W: Future<Output = Response> + Send + 'static,
{
    let driven = app.core.connector.drive(work.in_current_span(), limit);
    // It does not fail unless it panics.
    async { driven.await.map_err(AppError::internal) }
}

impl App {
    /// Who calls, if anybody says who he is.
    pub(super) async fn admit_caller(
        &self,
        credentials: &Credentials<'_>,
    ) -> AppResult<Option<Arc<TenantContext>>> {
        let context = match (credentials.bearer(), credentials.cookie()) {
            (Some(token), _) => Some(self.bearer(token, credentials).await?),
            (None, Some(token)) => self.verify_cookie(token).await?,
            (None, None) => None,
        };
        if let Some(context) = &context {
            credentials.check_dealer(context.dealer().id)?;
        }
        Ok(context.map(Arc::new))
    }

    /// Who calls by what was sent on purpose: an access token or an API key.
    async fn bearer(&self, token: &str, sent: &Credentials<'_>) -> AppResult<TenantContext> {
        let principal = if token.starts_with(api_key::PREFIX) {
            // A key may be in memory for longer than nothing was heard.
            self.directory.is_sure().await;
            let revoked = self.directory.revoked();
            let admission = &self.callers.admission;
            admission.principal(token, sent.address(), revoked).await?
        } else {
            self.verify(token).await?
        };
        self.directory.admit(principal).await
    }

    /// The caller of a token; its key may have been made a moment ago elsewhere.
    pub(super) async fn verify(&self, token: &str) -> AppResult<Principal> {
        match self.tokens.verify(token) {
            Err(TokenFault::UnknownKey(_)) if self.keys.look_again().await => {
                self.tokens.verify(token).map_err(refused)
            }
            verified => verified.map_err(refused),
        }
    }

    /// Who calls by a cookie. One that has ended is as good as none: a browser goes
    /// on sending it, and its user has to be able to sign in again.
    async fn verify_cookie(&self, token: &str) -> AppResult<Option<TenantContext>> {
        let admitted = async { self.directory.admit(self.verify(token).await?).await };
        match admitted.await {
            Ok(context) => Ok(Some(context)),
            Err(error) if error.code() == ErrorCode::Unauthenticated => Ok(None),
            Err(error) => Err(error),
        }
    }
}
