//! `/graphql`, on whichever endpoint: GraphQL over HTTP.

use std::time::Instant;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use async_graphql::{Request, Response};
use tokio::time::timeout;
use uuid::Uuid;

use super::answer::{self, refusal, status_of};
use super::body;
use super::caller::peer;
use super::credentials::sent_cookies;
use super::endpoint::Endpoint;
use super::execute::{Via, count_refused, execute, out_of_time, place};
use super::media::{MediaType, sends_json};
use super::params::{Params, Sent, invalid};
use super::request_id::RequestId;
use crate::config::ServerSettings;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::graphql::idempotency::HeaderKey;
use crate::kernel::quota::Place;
use crate::telemetry::serving::Door;

/// Why a request is answered without any of its operations having been run.
pub(super) type Refused = (StatusCode, AppError);

/// Answers one operation, or a list where the settings let them in.
pub(super) async fn post<E: Endpoint>(
    endpoint: Data<E>,
    request: HttpRequest,
    RequestId(request_id): RequestId,
    body: Payload,
) -> HttpResponse {
    let call = Call::new(&**endpoint, &request, request_id);
    let answered = async {
        call.check_accept()?;
        let body = call.read(body).await?;
        // Not while the body comes: slow clients would keep the places from the others.
        let _place = call.place()?;
        match call.sent(&body)? {
            Sent::One(params) => call.one(params, Via::Post).await,
            Sent::Many(all) => call.many(all).await,
        }
    };
    let answered = answered.await;
    call.answer(answered)
}

/// Answers a query in the address.
pub(super) async fn get<E: Endpoint>(
    endpoint: Data<E>,
    request: HttpRequest,
    RequestId(request_id): RequestId,
) -> HttpResponse {
    let call = Call::new(&**endpoint, &request, request_id);
    let answered = async {
        call.check_accept()?;
        let _place = call.place()?;
        let params = Params::of_address(request.query_string());
        let params = params.map_err(|error| call.refuse(StatusCode::BAD_REQUEST, error))?;
        call.one(params, Via::Get).await
    };
    let answered = answered.await;
    call.answer(answered)
}

/// Any other method: says which ones are right.
pub(super) async fn wrong_method<E: Endpoint>(
    request: HttpRequest,
    RequestId(request_id): RequestId,
) -> HttpResponse {
    answer::refused(
        StatusCode::METHOD_NOT_ALLOWED,
        invalid(E::USAGE),
        request_id,
        MediaType::accepted(&request),
    )
}

/// A request under way.
struct Call<'c, E> {
    endpoint: &'c E,
    request: &'c HttpRequest,
    request_id: Uuid,
    media: MediaType,
    started: Instant,
}

impl<'c, E: Endpoint> Call<'c, E> {
    fn new(endpoint: &'c E, request: &'c HttpRequest, request_id: Uuid) -> Self {
        Self {
            endpoint,
            request,
            request_id,
            media: MediaType::accepted(request),
            started: Instant::now(),
        }
    }

    fn settings(&self) -> &'c ServerSettings {
        &self.endpoint.app().settings
    }

    /// Refuses before an operation was looked at.
    fn refuse(&self, status: StatusCode, error: AppError) -> Refused {
        count_refused(self.endpoint, error.code(), self.started);
        (status, error)
    }

    fn check_accept(&self) -> Result<(), Refused> {
        check_accept(self.request).map_err(|(status, error)| self.refuse(status, error))
    }

    /// The body, which nobody has looked into yet.
    async fn read(&self, body: Payload) -> Result<Bytes, Refused> {
        check_json(self.request).map_err(|(status, error)| self.refuse(status, error))?;
        let settings = self.settings();
        let bounds = (settings.max_body_bytes, settings.limits.body_timeout_ms);
        let body = body::whole(self.request, body, bounds).await;
        body.map_err(|error| self.refuse(status_of_body(error.code()), error))
    }

    fn sent(&self, body: &[u8]) -> Result<Sent, Refused> {
        Sent::of_body(body, self.settings().limits.max_batch)
            .map_err(|error| self.refuse(StatusCode::BAD_REQUEST, error))
    }

    /// A place among the operations at work; what is refused is counted there.
    fn place(&self) -> Result<Place<Door>, Refused> {
        place(self.endpoint).map_err(|error| (status_of(error.code()), error))
    }

    async fn one(&self, params: Params, via: Via) -> Result<HttpResponse, Refused> {
        let operation = params
            .into_request()
            .map_err(|error| self.refuse(StatusCode::BAD_REQUEST, error))?;
        let caller = self.admit().await?;
        let response = self.run(caller, operation, via).await;
        let response = response.map_err(|error| (status_of_run(via, error.code()), error))?;
        Ok(self.executed(&response))
    }

    /// One after the other, within the time of one: what is sent together must not take
    /// more of the server at once than what is sent alone.
    async fn many(&self, all: Vec<Params>) -> Result<HttpResponse, Refused> {
        // A caller who is not let in hears it once.
        self.admit().await?;
        let mut responses = Vec::with_capacity(all.len());
        for params in all {
            let answered = async {
                let operation = params.into_request()?;
                let caller = self.endpoint.admit_sender(self.request).await?;
                self.run(caller, operation, Via::Post).await
            };
            let response = answered.await;
            responses.push(response.unwrap_or_else(|error| refusal(error, self.request_id)));
        }
        let most = self.settings().limits.max_response_bytes;
        Ok(answer::executed_all(
            &responses,
            (self.media, most),
            self.request_id,
        ))
    }

    async fn admit(&self) -> Result<E::Caller, Refused> {
        let limit = self.settings().request_timeout_ms;
        let admitted = timeout(limit, self.endpoint.admit_sender(self.request)).await;
        let admitted = admitted.unwrap_or_else(|_elapsed| Err(out_of_time(limit)));
        admitted.map_err(|error| self.refuse(status_of(error.code()), error))
    }

    async fn run(&self, caller: E::Caller, operation: Request, via: Via) -> AppResult<Response> {
        let operation = with_sender(operation, self.request, self.settings());
        let limit = self.settings().request_timeout_ms;
        let left = limit.saturating_sub(self.started.elapsed());
        execute(
            self.endpoint,
            caller,
            (operation, via),
            self.request_id,
            left,
        )
        .await
    }

    fn executed(&self, response: &Response) -> HttpResponse {
        let most = self.settings().limits.max_response_bytes;
        answer::executed(response, (self.media, most), self.request_id)
    }

    fn answer(&self, answered: Result<HttpResponse, Refused>) -> HttpResponse {
        answered.unwrap_or_else(|(status, error)| {
            answer::refused(status, error, self.request_id, self.media)
        })
    }
}

/// Refuses a client that would understand no answer.
pub(super) fn check_accept(request: &HttpRequest) -> Result<(), Refused> {
    if MediaType::wanted(request).is_some() {
        return Ok(());
    }
    let message = "answers are application/graphql-response+json or application/json; \
        the Accept header lets in neither";
    Err((StatusCode::NOT_ACCEPTABLE, invalid(message)))
}

/// Refuses what does not say that it is JSON.
pub(super) fn check_json(request: &HttpRequest) -> Result<(), Refused> {
    if sends_json(request) {
        return Ok(());
    }
    let message = "send the operation as JSON in UTF-8, not packed, with \
        Content-Type: application/json";
    Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, invalid(message)))
}

/// The status of an error by which an operation was not run.
pub(super) fn status_of_run(via: Via, code: ErrorCode) -> StatusCode {
    // What an address may not hold would be right in a body.
    if via == Via::Get && code == ErrorCode::GraphqlInvalid {
        return StatusCode::METHOD_NOT_ALLOWED;
    }
    status_of(code)
}

/// The status of an error by which a body did not come.
pub(super) const fn status_of_body(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::LimitExceeded => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::Timeout => StatusCode::REQUEST_TIMEOUT,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// What resolvers may know of the request beside the operation.
pub(super) fn with_sender(
    operation: Request,
    request: &HttpRequest,
    settings: &ServerSettings,
) -> Request {
    let mut operation = operation.data(peer(request, settings));
    if wants_cost(request) {
        operation.extensions.insert("cost".to_owned(), true.into());
    }
    if let Some(key) = idempotency_key(request) {
        operation = operation.data(key);
    }
    match sent_cookies(request, settings) {
        Some(cookies) => operation.data(cookies),
        None => operation,
    }
}

/// Whether the client asks what its operation costs.
fn wants_cost(request: &HttpRequest) -> bool {
    let header = request.headers().get("tubex-cost");
    header.is_some_and(|value| matches!(value.as_bytes(), b"1" | b"true"))
}

/// What can not be read is no key of a client's making, and refused as one too long.
fn idempotency_key(request: &HttpRequest) -> Option<HeaderKey> {
    let value = request.headers().get("idempotency-key")?;
    Some(HeaderKey(value.to_str().unwrap_or_default().to_owned()))
}
