//! An operation with files beside it, by the GraphQL multipart request specification:
//! the fields `operations` and `map`, then the files that `map` says where to put.
//!
//! A browser sends such a form for any page without asking first, so there has to be a
//! header that no form can have.

use std::collections::BTreeMap;
use std::future::ready;
use std::sync::Arc;
use std::time::Instant;

use actix_web::http::header::{AUTHORIZATION, CONTENT_LENGTH};
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use async_graphql::{Request, Response};
use futures_util::{TryStreamExt, stream};
use multer::Field;
use serde_json::Value;
use uuid::Uuid;

use super::form::Form;
use super::refused;
use crate::app::App;
use crate::auth::permission::Permission;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::files::{Announced, FileId, Uploads};
use crate::graphql::idempotency::SentFiles;
use crate::graphql::scope::Sender;
use crate::http::answer;
use crate::http::endpoint::Endpoint;
use crate::http::execute::{Via, count_refused, execute, place};
use crate::http::graphql::with_sender;
use crate::http::media::MediaType;
use crate::http::params::{Params, invalid};
use crate::http::request_id::RequestId;
use crate::kernel::hex;
use crate::tenancy::{Access, TenantContext};

/// Most files of one operation.
const MOST: usize = 10;
/// Headers that say that a script has sent the request, or a program.
const DELIBERATE: [&str; 2] = ["apollo-require-preflight", "graphql-require-preflight"];

/// Where the content of each file is meant to be.
type Places = BTreeMap<String, Vec<String>>;

/// Takes the files and answers the operation.
pub(in crate::http) async fn post(
    app: Data<App>,
    request: HttpRequest,
    RequestId(request_id): RequestId,
    body: Payload,
) -> HttpResponse {
    let started = Instant::now();
    match answered(&app, &request, (request_id, started), body).await {
        Ok(response) => {
            let most = app.settings.limits.max_response_bytes;
            answer::executed(&response, (MediaType::accepted(&request), most), request_id)
        }
        Err(error) => refused(error, &request, request_id),
    }
}

/// Lets the caller in, before the first byte of a file is looked at.
async fn admitted(
    app: &App,
    request: &HttpRequest,
    body: Payload,
) -> AppResult<(Sender, Arc<TenantContext>, Form)> {
    check_deliberate(request)?;
    let caller = app.admit_sender(request).await?;
    let context = Arc::clone(caller.known()?);
    context.require(Permission::FilesUpload)?;
    context.permit(Access::Write)?;
    Ok((caller, context, Form::of(request, body)?))
}

async fn answered(
    app: &App,
    request: &HttpRequest,
    (request_id, started): (Uuid, Instant),
    body: Payload,
) -> AppResult<Response> {
    // What comes to be run is counted there, however it ends.
    let count = |error: &AppError| count_refused(app, error.code(), started);
    let admitted = admitted(app, request, body).await;
    let (caller, context, mut form) = admitted.inspect_err(count)?;
    let uploads = Uploads::default();
    let received = receive(app, &context, (&mut form, length(request)), &uploads).await;
    let received = received.and_then(|(text, sent)| Ok((operation(text)?, sent)));
    let received = received.inspect_err(count);
    let outcome = match received {
        Ok((operation, sent)) => {
            let operation = with_sender(operation, request, &app.settings);
            let operation = operation.data(uploads.clone()).data(sent);
            let limit = app.settings.request_timeout_ms;
            match place(app) {
                Ok(_place) => execute(app, caller, (operation, Via::Post), request_id, limit).await,
                Err(error) => Err(error),
            }
        }
        Err(error) => Err(error),
    };
    app.files.drop_rest(&context, &uploads).await;
    outcome
}

fn operation(operation: Value) -> AppResult<Request> {
    let params: Params = serde_json::from_value(operation)
        .map_err(|error| invalid(format!("`operations` is not a GraphQL request: {error}")))?;
    params.into_request()
}

/// Reads the form; gives the operation with ids where files are meant to be, and what
/// these are.
async fn receive(
    app: &App,
    context: &Arc<TenantContext>,
    (form, length): (&mut Form, i64),
    uploads: &Uploads,
) -> AppResult<(Value, SentFiles)> {
    let (mut operation, mut places) = head(form, app.settings.max_body_bytes).await?;
    let mut sent = SentFiles::default();
    while let Some(field) = form.next().await? {
        let targets = targets(&mut places, &field)?;
        let said = said(&field, length);
        let named = format!("{} {:?}", said.name, said.content_type);
        let arrived = app.files.take(context, said, form.content(field)).await?;
        let id = arrived.link.file;
        let described = format!("{} {named}", hex::encode(&arrived.sha256));
        sent.0.insert(id.to_string(), described);
        uploads.put(arrived);
        for target in targets {
            put(&mut operation, &target, id)?;
        }
    }
    check_complete(&places)?;
    Ok((operation, sent))
}

/// The operation of a form as [`receive`] would have it, if nobody kept its files.
pub(in crate::http) async fn read_without_files(
    request: &HttpRequest,
    body: Bytes,
    limit: usize,
) -> AppResult<Request> {
    check_deliberate(request)?;
    let mut form = Form::with(request, stream::once(ready(Ok(body))))?;
    let (mut text, mut places) = head(&mut form, limit).await?;
    while let Some(field) = form.next().await? {
        let targets = targets(&mut places, &field)?;
        form.content(field)
            .try_for_each(|_piece| ready(Ok(())))
            .await?;
        for target in targets {
            put(&mut text, &target, FileId::generate())?;
        }
    }
    check_complete(&places)?;
    operation(text)
}

/// The fields before the files.
async fn head(form: &mut Form, limit: usize) -> AppResult<(Value, Places)> {
    let operation = form.json("operations", limit).await?;
    let places: Places = form.json("map", limit).await?;
    if places.len() > MOST {
        let message = format!("an operation may have at most {MOST} files");
        return Err(AppError::new(ErrorCode::LimitExceeded, message));
    }
    Ok((operation, places))
}

/// Where the file in `field` is meant to be.
fn targets(places: &mut Places, field: &Field<'_>) -> AppResult<Vec<String>> {
    places
        .remove(field.name().unwrap_or_default())
        .ok_or_else(|| invalid("a file is in the form that `map` does not name"))
}

fn check_complete(places: &Places) -> AppResult<()> {
    match places.first_key_value() {
        Some((name, _)) => Err(invalid(format!("the file `{name}` of `map` is missing"))),
        None => Ok(()),
    }
}

/// What a form says of a file. How long it is shows at its end only; it is no longer
/// than all of the form.
fn said(field: &Field<'_>, length: i64) -> Announced {
    Announced {
        name: field.file_name().unwrap_or_default().to_owned(),
        content_type: field.content_type().map(ToString::to_string),
        size: length,
    }
}

/// Puts the id where `null` stands, as in `variables.input.file`.
fn put(operation: &mut Value, target: &str, id: FileId) -> AppResult<()> {
    let pointer = format!("/{}", target.replace('.', "/"));
    let place = operation
        .pointer_mut(&pointer)
        .filter(|place| place.is_null());
    let place = place
        .filter(|_null| target.starts_with("variables."))
        .ok_or_else(|| invalid("`map` must name variables that are null in `operations`"))?;
    *place = Value::String(id.to_string());
    Ok(())
}

fn length(request: &HttpRequest) -> i64 {
    let header = request.headers().get(CONTENT_LENGTH);
    let said = header.and_then(|value| value.to_str().ok()?.parse().ok());
    said.unwrap_or(i64::MAX)
}

fn check_deliberate(request: &HttpRequest) -> AppResult<()> {
    let headers = request.headers();
    let is_deliberate = DELIBERATE.iter().any(|name| headers.contains_key(*name));
    if is_deliberate || headers.contains_key(AUTHORIZATION) {
        return Ok(());
    }
    Err(invalid(
        "a form needs the header Apollo-Require-Preflight: true, or an Authorization header",
    ))
}
