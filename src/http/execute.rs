//! From token and document to answer; the same for HTTP and websockets, and on
//! both endpoints.

use std::any::TypeId;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response, Value};
use tracing::Instrument;
use uuid::Uuid;

use super::answer::refusal;
use super::endpoint::Endpoint;
use super::params::invalid;
use super::persisted::document_hash;
use crate::app::App;
use crate::app::rates::{Charged, Left};
use crate::error::{AppError, AppResult, ErrorCode};
use crate::graphql::context::OperationScope;
use crate::graphql::document::{Documents, Ready};
use crate::graphql::errors::finish;
use crate::graphql::nulls;
use crate::kernel::gcra::BURST_US;
use crate::kernel::peer::Peer;
use crate::kernel::quota::Place;
use crate::telemetry::serving::{Door, Kind, Outcome};

/// When a client may try again that found all places taken.
const COME_BACK: Duration = Duration::from_secs(1);

/// By which way an operation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Via {
    /// In the body of a request.
    Post,
    /// In an address, which a page of another site can have its visitor open.
    Get,
    /// On a websocket.
    Socket,
}

/// Why an operation is not run.
pub(super) enum Stopped {
    /// It can not be run now, or not by this caller.
    Away(AppError),
    /// The document does not fit the schema or a limit; the answer that says so.
    Unfit(Box<Response>),
}

impl Stopped {
    /// As the answer to an operation.
    pub(super) fn into_response(self, request_id: Uuid) -> Response {
        match self {
            Self::Away(error) => refusal(error, request_id),
            Self::Unfit(response) => *response,
        }
    }
}

/// Runs a query or mutation to its end, or until no time is `left`. Whoever calls this has
/// a [`place`].
pub(super) async fn execute<E: Endpoint>(
    endpoint: &E,
    caller: E::Caller,
    (mut request, via): (Request, Via),
    request_id: Uuid,
    left: Duration,
) -> AppResult<Response> {
    endpoint
        .check_room(&caller)
        .inspect_err(|error| count_refused(endpoint, error.code(), Instant::now()))?;
    let operation = match Operation::new(endpoint, caller, (&mut request, via), request_id).await {
        Ok(operation) => operation,
        Err(Stopped::Away(error)) => return Err(error),
        Err(Stopped::Unfit(response)) => return Ok(*response),
    };
    let span = operation.span.clone();
    let work = endpoint.run(request, Arc::clone(&operation.scope), left);
    let outcome = work.instrument(span).await;
    // What the time limit left open ends here.
    operation.scope.release().await;
    let response = outcome.inspect_err(|error| operation.failed(error))?;
    let response = response.ok_or_else(|| operation.out_of_time())?;
    Ok(operation.finish(response))
}

/// A place among the operations at work: what waits takes memory, and past a point it is
/// better to say so than to let all wait longer. It is taken before the body is read as JSON
/// and a token looked at, since who is refused must cost next to nothing: otherwise refusing
/// is what the server would be busy with.
///
/// Each endpoint has places of its own. Operators must get in when nobody else does.
pub(super) fn place<E: Endpoint>(endpoint: &E) -> AppResult<Place<Door>> {
    let working = &endpoint.app().working;
    working.take(E::DOOR).ok_or_else(|| {
        count_refused(endpoint, ErrorCode::Overloaded, Instant::now());
        let most = working.most();
        let message =
            format!("{most} operations are at work on this server (--max-operations); come again");
        AppError::overloaded(message, COME_BACK)
    })
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
    ready: Ready,
    /// What is left of the shares it was taken from.
    left: Vec<Left>,
    wants_cost: bool,
    started: Instant,
}

impl<'e, E: Endpoint> Operation<'e, E> {
    /// Looks at the document before anything is done for it.
    pub(super) async fn new(
        endpoint: &'e E,
        caller: E::Caller,
        (request, via): (&mut Request, Via),
        request_id: Uuid,
    ) -> Result<Self, Stopped> {
        let started = Instant::now();
        let wants_cost = request.extensions.remove("cost") == Some(Value::from(true));
        let taken = async {
            let is_on = endpoint.app().settings.limits.persisted_queries;
            let known = (endpoint.documents(), is_on);
            let ready = ready(known, (request, via), request_id).await?;
            let charged = E::charged(&caller, address_of(request));
            let left = charge(endpoint.app(), charged, &ready).await;
            Ok((ready, left.map_err(Stopped::Away)?))
        };
        let taken = taken.await;
        let (ready, left) =
            taken.inspect_err(|stopped| count_stopped(endpoint, stopped, started))?;
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
            ready,
            left,
            wants_cost,
            started,
        })
    }

    /// Whether it goes on until somebody ends it.
    pub(super) fn is_subscription(&self) -> bool {
        self.ready.reading.kind == OperationType::Subscription
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

    /// Counts an operation that has come to no answer.
    fn failed(&self, error: &AppError) {
        self.record(Outcome::of(&[error.code()]), self.started.elapsed());
    }

    /// The last touch on an answer: codes, request id, a line in the log.
    pub(super) fn finish(&self, mut response: Response) -> Response {
        let _entered = self.span.enter();
        let codes = finish(&mut response, self.scope.request_id());
        if self.ready.reading.kind == OperationType::Query {
            nulls::empty(&mut response);
        }
        self.ready.reading.order.apply(&mut response.data);
        let trace = self.scope.trace();
        let took = self.started.elapsed();
        let elapsed_ms = took.as_secs_f64() * 1000.0;
        let (statements, errors) = (trace.statements.get(), codes.len());
        tracing::info!(statements, errors, elapsed_ms, "answered");
        self.record(Outcome::of(&codes), took);
        rate_headers(&mut response, &self.left);
        if self.wants_cost {
            response = response.extension("cost", self.cost());
        }
        if self.app.settings.debug_extensions {
            let cost = async_graphql::value!({
                "sqlStatements": statements,
                "loaders": trace.loaders().into_iter().map(Value::from).collect::<Vec<_>>(),
            });
            return response.extension("debug", cost);
        }
        response
    }

    /// What the operation asked for, of how much at once, and what is left: of the
    /// smallest share, or of what one operation may.
    fn cost(&self) -> Value {
        let requested = u64::try_from(units(&self.ready)).unwrap_or(u64::MAX);
        let most = u64::try_from(self.app.settings.max_complexity).unwrap_or(u64::MAX);
        let share = self.left.iter().min_by_key(|left| left.units);
        let (limit, remaining) = share.map_or_else(
            || (most, most.saturating_sub(requested)),
            |left| (left.burst, left.units),
        );
        async_graphql::value!({
            "requested": requested, "limit": limit, "remaining": remaining,
        })
    }

    fn record(&self, outcome: Outcome, took: Duration) {
        self.app
            .serving
            .record(E::DOOR, kind(self.ready.reading.kind), outcome, took);
    }
}

/// Makes the operation ready to be run.
pub(super) async fn ready(
    (documents, is_on): (&Documents, bool),
    (request, via): (&mut Request, Via),
    request_id: Uuid,
) -> Result<Ready, Stopped> {
    let unfit = |errors| {
        let mut response = Response::from_errors(errors);
        finish(&mut response, request_id);
        Stopped::Unfit(Box::new(response))
    };
    let hash = document_hash(request, documents, is_on)
        .map_err(|error| Stopped::Unfit(Box::new(refusal(error, request_id))))?;
    let ready = documents.ready_known(hash, request).await.map_err(unfit)?;
    if via == Via::Get && ready.reading.kind != OperationType::Query {
        let message = "an address can hold a query only; POST the operation";
        return Err(Stopped::Away(invalid(message)));
    }
    Ok(ready)
}

/// Where the request comes from.
fn address_of(request: &Request) -> IpAddr {
    let peer = request.data.get(&TypeId::of::<Peer>());
    let peer = peer.and_then(|peer| peer.downcast_ref::<Peer>());
    peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.address)
}

/// What the operation is charged: even one that asks for nothing takes a request.
fn units(ready: &Ready) -> usize {
    ready.cost.complexity.max(1)
}

/// Takes what the operation costs from the shares of whoever sends it.
async fn charge(app: &App, charged: Option<Charged>, ready: &Ready) -> AppResult<Vec<Left>> {
    match charged {
        Some(charged) => app.rates.take(&charged, units(ready)).await,
        None => Ok(Vec::new()),
    }
}

/// The fields that draft-ietf-httpapi-ratelimit-headers gives to rates.
fn rate_headers(response: &mut Response, left: &[Left]) {
    if left.is_empty() {
        return;
    }
    let line = |write: &dyn Fn(&Left) -> String| {
        let parts: Vec<String> = left.iter().map(write).collect();
        parts.join(", ")
    };
    let burst_s = BURST_US / 1_000_000;
    let policy = line(&|left| format!("\"{}\";q={};w={burst_s}", left.name, left.burst));
    let state = line(&|left| {
        let whole_in = left.whole_in.as_secs_f64().ceil();
        format!("\"{}\";r={};t={whole_in}", left.name, left.units)
    });
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
        if let Ok(value) = value.parse() {
            response.http_headers.insert(name, value);
        }
    }
}

/// Counts an operation that is not run.
fn count_stopped<E: Endpoint>(endpoint: &E, stopped: &Stopped, since: Instant) {
    let code = match stopped {
        Stopped::Away(error) => error.code(),
        // What is wrong with documents is all of one outcome.
        Stopped::Unfit(_) => ErrorCode::GraphqlInvalid,
    };
    count_refused(endpoint, code, since);
}

const fn kind(operation: OperationType) -> Kind {
    match operation {
        OperationType::Query => Kind::Query,
        OperationType::Mutation => Kind::Mutation,
        OperationType::Subscription => Kind::Subscription,
    }
}
