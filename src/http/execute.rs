//! From token and document to answer; the same for HTTP and websockets.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::{Request, Response, Value};
use tracing::Instrument;
use uuid::Uuid;

use crate::app::App;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::graphql::document::check;
use crate::graphql::errors::finish;
use crate::graphql::field_order::FieldOrder;
use crate::graphql::scope::RequestScope;
use crate::tenancy::TenantContext;

/// Lets the caller in at the dealer of his token. Without a token the caller
/// is nobody, who may introspect, sign in and register.
pub(super) async fn admit(
    app: &App,
    authorization: Option<&str>,
) -> AppResult<Option<Arc<TenantContext>>> {
    let Some(header) = authorization else {
        return Ok(None);
    };
    let (scheme, token) = header.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AppError::unauthenticated(
            "the Authorization header must read: Bearer <access token>",
        ));
    }
    let principal = app.tokens.verify(token.trim())?;
    let context = app.directory.admit(principal).await?;
    Ok(Some(Arc::new(context)))
}

/// Runs a query or mutation to its end, or to the time limit.
pub(super) async fn execute(
    app: &App,
    context: Option<Arc<TenantContext>>,
    mut request: Request,
    request_id: Uuid,
) -> AppResult<Response> {
    let operation = Operation::new(app, context, &mut request, request_id)?;
    let span = operation.span.clone();
    let scope = Arc::clone(&operation.scope);
    let work = app.schema.execute(request.data(scope));
    let limit = app.settings.request_timeout_ms;
    let outcome = tokio::time::timeout(limit, work.instrument(span)).await;
    // A query's transaction ends here, as does one that the time limit left
    // open; those of mutation fields have ended with their fields.
    operation.scope.release().await;
    let response = outcome.map_err(|_elapsed| out_of_time(limit))?;
    Ok(operation.finish(response))
}

/// The error of an operation that took too long.
pub(super) fn out_of_time(limit: Duration) -> AppError {
    let limit = limit.as_millis();
    AppError::new(
        ErrorCode::Timeout,
        format!("the operation took longer than {limit} ms; what it had not committed is undone"),
    )
}

/// One operation under way: its scope, its span, what it cost.
pub(super) struct Operation {
    pub(super) scope: Arc<RequestScope>,
    pub(super) span: tracing::Span,
    /// Whether it goes on until somebody ends it.
    pub(super) is_subscription: bool,
    order: FieldOrder,
    started: Instant,
    debug: bool,
}

impl Operation {
    pub(super) fn new(
        app: &App,
        context: Option<Arc<TenantContext>>,
        request: &mut Request,
        request_id: Uuid,
    ) -> AppResult<Self> {
        let document = check(request)?;
        let span = tracing::info_span!(
            "operation",
            %request_id,
            operation_name = request.operation_name.as_deref(),
            dealer = tracing::field::Empty,
            user = tracing::field::Empty,
        );
        if let Some(context) = &context {
            span.record("dealer", tracing::field::display(context.dealer().id));
            if let Some(principal) = context.principal() {
                span.record("user", tracing::field::display(principal.user()));
            }
        }
        let scope = RequestScope::new(
            app.tenants.clone(),
            context,
            request_id,
            app.settings.max_rows,
        );
        Ok(Self {
            scope: Arc::new(scope),
            span,
            is_subscription: document.is_subscription,
            order: document.order,
            started: Instant::now(),
            debug: app.settings.debug_extensions,
        })
    }

    /// The last touch on an answer: codes, request id, a line in the log.
    pub(super) fn finish(&self, mut response: Response) -> Response {
        let _entered = self.span.enter();
        finish(&mut response, self.scope.request_id());
        self.order.apply(&mut response.data);
        let trace = self.scope.trace();
        let elapsed_ms = self.started.elapsed().as_secs_f64() * 1000.0;
        let (statements, errors) = (trace.statements.get(), response.errors.len());
        tracing::info!(statements, errors, elapsed_ms, "answered");
        if self.debug {
            let cost = async_graphql::value!({
                "sqlStatements": statements,
                "loaders": trace.loaders().into_iter().map(Value::from).collect::<Vec<_>>(),
            });
            return response.extension("debug", cost);
        }
        response
    }
}
