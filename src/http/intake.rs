//! What is made of a request before its sender is known: the part of the way that asks no
//! database.
//!
//! The handlers of `/graphql` take the same steps by the same functions, and find out who
//! sends before the last of them:
//!
//! ```text
//! headers ──▶ body or address ──▶ operations ──▶ credentials ──▶ (sender) ──▶ document
//! ```
//!
//! Here the way can be tried by itself, with whatever a request may hold: see `fuzz/`.

use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use async_graphql::{Request, Response, ServerError};
use uuid::Uuid;

use super::credentials::Credentials;
use super::endpoint::Endpoint;
use super::execute::{Stopped, Via, ready};
use super::graphql::{
    Refused, check_accept, check_json, status_of_body, status_of_run, with_sender,
};
use super::media::MediaType;
use super::params::{Params, Sent, invalid};
use super::{answer, body, files};
use crate::app::{App, documents};
use crate::config::ServerSettings;
use crate::error::AppResult;
use crate::graphql::document::{Cost, Documents, OperationLimits};

/// The beginning of `/graphql` on the shops' endpoint, without a server.
pub struct Intake {
    documents: Documents,
    settings: ServerSettings,
}

/// What became of a request.
#[derive(Debug)]
pub enum Taken {
    /// So many operations would be run now, if their sender may.
    Operations(usize),
    /// It is answered, and nothing is run.
    Answered(HttpResponse),
}

/// The operations of a request, read as far as can be without the schema.
enum Read {
    One(Box<Request>, Via),
    Many(Vec<AppResult<Request>>),
}

impl Intake {
    /// That of a server with these settings, which has seen no document yet.
    pub fn new(settings: &ServerSettings) -> Self {
        Self {
            documents: documents::of_the_shops(settings),
            settings: settings.clone(),
        }
    }

    /// Takes a request to `/graphql`; that it would begin a websocket is not looked at.
    pub async fn take(&self, request: &HttpRequest, body: Bytes) -> Taken {
        let (media, request_id) = (MediaType::accepted(request), Uuid::now_v7());
        let read = self.read(request, body).await;
        match read.and_then(|read| self.check_credentials(request).map(|()| read)) {
            Ok(Read::One(operation, via)) => {
                let stopped = self.ready(*operation, (request, via), request_id).await;
                stopped.map_or(Taken::Operations(1), |stopped| {
                    Taken::Answered(self.stopped(stopped, via, (media, request_id)))
                })
            }
            Ok(Read::Many(all)) => self.many(all, request, (media, request_id)).await,
            Err((status, error)) => {
                Taken::Answered(answer::refused(status, error, request_id, media))
            }
        }
    }

    /// The bounds of operations.
    pub const fn limits(&self) -> &OperationLimits {
        self.documents.limits()
    }

    /// What a document costs that has come without variables, or why it is not run.
    pub async fn document(&self, text: &str) -> Result<Cost, Vec<ServerError>> {
        let fits = self.documents.fits(text).await;
        let ready = self.documents.ready(&mut Request::new(text)).await;
        fits?;
        Ok(ready?.cost)
    }

    async fn read(&self, request: &HttpRequest, body: Bytes) -> Result<Read, Refused> {
        if *request.method() == Method::POST && files::is_form(request.headers()) {
            let limit = self.settings.max_body_bytes;
            let read = files::read_without_files(request, body, limit).await;
            let read = read.map(|operation| Read::One(Box::new(operation), Via::Post));
            return read.map_err(|error| (answer::status_of_resource(error.code()), error));
        }
        match *request.method() {
            Method::POST => self.read_body(request, &body),
            Method::GET => read_address(request),
            _ => Err((StatusCode::METHOD_NOT_ALLOWED, invalid(App::USAGE))),
        }
    }

    fn read_body(&self, request: &HttpRequest, body: &[u8]) -> Result<Read, Refused> {
        check_accept(request)?;
        check_json(request)?;
        body::check_size(self.settings.max_body_bytes, body.len())
            .map_err(|error| (status_of_body(error.code()), error))?;
        let sent = Sent::of_body(body, self.settings.limits.max_batch);
        match sent.map_err(|error| (StatusCode::BAD_REQUEST, error))? {
            Sent::One(params) => one(params, Via::Post),
            Sent::Many(all) => Ok(Read::Many(
                all.into_iter().map(Params::into_request).collect(),
            )),
        }
    }

    fn check_credentials(&self, request: &HttpRequest) -> Result<(), Refused> {
        match Credentials::of(request, &self.settings) {
            Ok(_credentials) => Ok(()),
            Err(error) => Err((answer::status_of(error.code()), error)),
        }
    }

    /// Why the operation is not run, if it is not.
    async fn ready(
        &self,
        operation: Request,
        (request, via): (&HttpRequest, Via),
        request_id: Uuid,
    ) -> Option<Stopped> {
        let mut operation = with_sender(operation, request, &self.settings);
        let known = (&self.documents, self.settings.limits.persisted_queries);
        ready(known, (&mut operation, via), request_id).await.err()
    }

    async fn many(
        &self,
        all: Vec<AppResult<Request>>,
        request: &HttpRequest,
        (media, request_id): (MediaType, Uuid),
    ) -> Taken {
        let count = all.len();
        let mut refused: Vec<Response> = Vec::new();
        for operation in all {
            let stopped = match operation {
                Ok(operation) => {
                    self.ready(operation, (request, Via::Post), request_id)
                        .await
                }
                Err(error) => Some(Stopped::Away(error)),
            };
            refused.extend(stopped.map(|stopped| stopped.into_response(request_id)));
        }
        if refused.is_empty() {
            return Taken::Operations(count);
        }
        let most = self.settings.limits.max_response_bytes;
        Taken::Answered(answer::executed_all(&refused, (media, most), request_id))
    }

    fn stopped(
        &self,
        stopped: Stopped,
        via: Via,
        (media, request_id): (MediaType, Uuid),
    ) -> HttpResponse {
        let most = self.settings.limits.max_response_bytes;
        match stopped {
            Stopped::Unfit(response) => answer::executed(&response, (media, most), request_id),
            Stopped::Away(error) => {
                answer::refused(status_of_run(via, error.code()), error, request_id, media)
            }
        }
    }
}

fn read_address(request: &HttpRequest) -> Result<Read, Refused> {
    check_accept(request)?;
    let params = Params::of_address(request.query_string());
    one(
        params.map_err(|error| (StatusCode::BAD_REQUEST, error))?,
        Via::Get,
    )
}

fn one(params: Params, via: Via) -> Result<Read, Refused> {
    let operation = params.into_request();
    let operation = operation.map_err(|error| (StatusCode::BAD_REQUEST, error))?;
    Ok(Read::One(Box::new(operation), via))
}
