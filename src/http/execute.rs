//! From token and document to answer; the same for HTTP and websockets, and on
//! both endpoints.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response, Value};
use tracing::Instrument;
use uuid::Uuid;

use super::endpoint::Endpoint;
use crate::app::App;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::graphql::context::OperationScope;
use crate::graphql::document::check;
use crate::graphql::errors::finish;
use crate::graphql::field_order::FieldOrder;
use crate::telemetry::serving::{Kind, Outcome};

/// Runs a query or mutation to its end, or until no time is `left`.
pub(super) async fn execute<E: Endpoint>(
    endpoint: &E,
    caller: E::Caller,
    mut request: Request,
    request_id: Uuid,
    left: Duration,
) -> AppResult<Response> {
    let operation = Operation::new(endpoint, caller, &mut request, request_id)?;
    let span = operation.span.clone();
    let work = endpoint.run(request.data(Arc::clone(&operation.scope)));
    let outcome = tokio::time::timeout(left, work.instrument(span)).await;
    // A query's transaction ends here, as does one that the time limit left
    // open; those of mutation fields have ended with their fields.
    operation.scope.release().await;
    let response = outcome.map_err(|_elapsed| operation.out_of_time())?;
    Ok(operation.finish(response))
}

/// The error of a request that took longer than `limit`. Of what was just being
/// committed nobody waits for the answer any more.
pub(super) fn out_of_time(limit: Duration) -> AppError {
    let limit = limit.as_millis();
    AppError::new(
        ErrorCode::Timeout,
        format!(
            "the operation took longer than {limit} ms; what it had not begun to commit is undone"
        ),
    )
}

/// Counts an operation that was refused before it could be run.
pub(super) fn count_refused<E: Endpoint>(endpoint: &E, code: ErrorCode, since: Instant) {
    let outcome = Outcome::of(&[code]);
    let serving = &endpoint.app().serving;
    serving.record(E::DOOR, Kind::Unread, outcome, since.elapsed());
}

/// One operation under way: its scope, its span, what it cost.
pub(super) struct Operation<'e, E: Endpoint> {
    pub(super) scope: Arc<E::Scope>,
    pub(super) span: tracing::Span,
    app: &'e App,
    kind: Kind,
    order: FieldOrder,
    started: Instant,
}

impl<'e, E: Endpoint> Operation<'e, E> {
    pub(super) fn new(
        endpoint: &'e E,
        caller: E::Caller,
        request: &mut Request,
        request_id: Uuid,
    ) -> AppResult<Self> {
        let started = Instant::now();
        let document =
            check(request).inspect_err(|error| count_refused(endpoint, error.code(), started))?;
        let span = tracing::info_span!(
            "operation",
            %request_id,
            operation_name = request.operation_name.as_deref(),
            dealer = tracing::field::Empty,
            user = tracing::field::Empty,
            operator = tracing::field::Empty,
            api_key = tracing::field::Empty,
        );
        E::sign(&caller, &span);
        Ok(Self {
            scope: Arc::new(endpoint.scope(caller, request_id)),
            span,
            app: endpoint.app(),
            kind: document.kind.map_or(Kind::Unread, kind),
            order: document.order,
            started,
        })
    }

    /// Whether it goes on until somebody ends it.
    pub(super) fn is_subscription(&self) -> bool {
        self.kind == Kind::Subscription
    }

    /// Longest time it may take.
    pub(super) const fn limit(&self) -> Duration {
        self.app.settings.request_timeout_ms
    }

    /// The error of an operation that took too long.
    pub(super) fn out_of_time(&self) -> AppError {
        self.record(Outcome::Timeout, self.started.elapsed());
        out_of_time(self.limit())
    }

    /// The last touch on an answer: codes, request id, a line in the log.
    pub(super) fn finish(&self, mut response: Response) -> Response {
        let _entered = self.span.enter();
        let codes = finish(&mut response, self.scope.request_id());
        self.order.apply(&mut response.data);
        let trace = self.scope.trace();
        let took = self.started.elapsed();
        let elapsed_ms = took.as_secs_f64() * 1000.0;
        let (statements, errors) = (trace.statements.get(), codes.len());
        tracing::info!(statements, errors, elapsed_ms, "answered");
        self.record(Outcome::of(&codes), took);
        if self.app.settings.debug_extensions {
            let cost = async_graphql::value!({
                "sqlStatements": statements,
                "loaders": trace.loaders().into_iter().map(Value::from).collect::<Vec<_>>(),
            });
            return response.extension("debug", cost);
        }
        response
    }

    fn record(&self, outcome: Outcome, took: Duration) {
        self.app.serving.record(E::DOOR, self.kind, outcome, took);
    }
}

const fn kind(operation: OperationType) -> Kind {
    match operation {
        OperationType::Query => Kind::Query,
        OperationType::Mutation => Kind::Mutation,
        OperationType::Subscription => Kind::Subscription,
    }
}
