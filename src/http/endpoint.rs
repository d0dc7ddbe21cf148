//! What an endpoint is: who may call it, and which schema answers.
//!
//! There are two, with a listener, a token audience and a schema each. What they
//! do with a request is the same code ([`super::graphql`], [`super::execute`]), so
//! the limits of one are those of the other.

use std::sync::Arc;

use async_graphql::{Request, Response};
use tracing::Span;
use uuid::Uuid;

use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::graphql::context::OperationScope;
use crate::graphql::scope::RequestScope;
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

    /// Who calls, by the token behind `Bearer`, if there is one.
    async fn admit(&self, token: Option<&str>) -> AppResult<Self::Caller>;

    /// Names the caller in the log.
    fn sign(caller: &Self::Caller, span: &Span);

    /// The scope of one operation.
    fn scope(&self, caller: Self::Caller, request_id: Uuid) -> Self::Scope;

    /// Runs a query or mutation.
    async fn run(&self, request: Request) -> Response;
}

/// The endpoint of the shops. Without a token the caller is nobody, who may
/// introspect, sign in and register.
impl Endpoint for App {
    const DOOR: Door = Door::Api;
    const USAGE: &'static str = "POST operations here as JSON, or open a websocket with the \
        graphql-transport-ws protocol; /graphiql has a page to explore by hand";
    type Caller = Option<Arc<TenantContext>>;
    type Scope = RequestScope;

    fn app(&self) -> &App {
        self
    }

    async fn admit(&self, token: Option<&str>) -> AppResult<Self::Caller> {
        let Some(token) = token else {
            return Ok(None);
        };
        let principal = self.tokens.verify(token)?;
        let context = self.directory.admit(principal).await?;
        Ok(Some(Arc::new(context)))
    }

    fn sign(caller: &Self::Caller, span: &Span) {
        let Some(context) = caller else {
            return;
        };
        span.record("dealer", tracing::field::display(context.dealer().id));
        if let Some(principal) = context.principal() {
            span.record("user", tracing::field::display(principal.user()));
        }
    }

    fn scope(&self, caller: Self::Caller, request_id: Uuid) -> Self::Scope {
        let rows = self.settings.max_rows;
        RequestScope::new(self.tenants.clone(), caller, request_id, rows)
    }

    async fn run(&self, request: Request) -> Response {
        self.schema.execute(request).await
    }
}

/// The token in the value of an `Authorization` header.
pub(super) fn bearer(authorization: Option<&str>) -> AppResult<Option<&str>> {
    let Some(header) = authorization else {
        return Ok(None);
    };
    let (scheme, token) = header.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AppError::unauthenticated(
            "the Authorization header must read: Bearer <access token>",
        ));
    }
    Ok(Some(token.trim()))
}
