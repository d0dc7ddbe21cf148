//! `POST /dealers/import`: a dealer from a zip.

use std::fs::File;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LENGTH};
use actix_web::web::{self, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{admitted, query, refused, turn, upload};
use crate::app::{Core, OperatorApp};
use crate::auth::operator::Operator;
use crate::error::{AppError, AppResult, ServiceResult};
use crate::http::request_id::RequestId;
use crate::platform::dealers::note::{Note, Origin};
use crate::platform::operator::intake::{Intake, OwnerWanted};
use crate::platform::operator::scope::actor;
use crate::tenancy::provision::NewDealer;
use crate::tenancy::transfer::{Archive, Destination, TransferError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Asked {
    r#as: Option<Kind>,
    into: Option<String>,
    #[serde(default)]
    from_another_dealer: bool,
    name: Option<String>,
    owner_email: Option<String>,
    owner_name: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    New,
}

/// Takes a file in: as a new dealer, or in place of the rows of a suspended one.
pub(super) async fn import(
    endpoint: Data<OperatorApp>,
    request: HttpRequest,
    RequestId(request_id): RequestId,
    body: Payload,
) -> HttpResponse {
    match imported(&endpoint, &request, body).await {
        Ok(answer) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .json(answer),
        Err(refusal) => refused(refusal, &request, request_id),
    }
}

async fn imported(
    endpoint: &OperatorApp,
    request: &HttpRequest,
    body: Payload,
) -> ServiceResult<Value> {
    let operator = admitted(endpoint, request).await?;
    let asked: Asked = query(request)?;
    asked.check()?;
    let note = Note::new(&actor(&operator), asked.reason.as_deref())?;
    let _turn = turn(endpoint)?;
    let limit = endpoint.app.settings.max_import_mib.saturating_mul(1 << 20);
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    upload::check(announced(request), limit)?;
    let core = &endpoint.app.core;
    let into = match &asked.into {
        Some(named) if asked.from_another_dealer => {
            Destination::IntoFromAnother(core.lifecycle.find(named).await?)
        }
        Some(named) => Destination::Into(core.lifecycle.find(named).await?),
        None => Destination::New,
    };
    if let Some(dealer) = into.dealer() {
        core.transfer.check_suspended(dealer).await?;
    }
    let file = upload::receive(body, limit).await?;
    let archive = web::block(move || Archive::open(file)).await;
    let archive = archive.map_err(AppError::internal)?;
    let archive = archive.map_err(TransferError::from)?;
    let answer = take_in(core, archive, (asked, into), note).await?;
    log(&operator, &answer);
    Ok(answer)
}

async fn take_in(
    core: &Core,
    archive: Archive<File>,
    (asked, into): (Asked, Destination),
    note: Note,
) -> ServiceResult<Value> {
    let (rows, subject) = (archive.manifest().rows(), archive.manifest().dealer.clone());
    let noted = (note, Origin::from(archive.manifest()));
    if let Some(dealer) = into.dealer() {
        let staged = core.transfer.import(archive, into, &|_event| {}).await?;
        let replaced = core.dealers.restore(staged, dealer, noted).await?;
        return Ok(json!({
            "dealer": { "id": dealer.to_string(), "schema": replaced.schema },
            "rows": rows,
            "replaced": { "schema": replaced.old_schema, "dropAfter": replaced.drop_after },
        }));
    }
    let dealer = NewDealer {
        name: asked.name.unwrap_or(subject.name),
        currency: subject.currency,
        timezone: subject.timezone,
    };
    let owner = OwnerWanted {
        email: asked.owner_email,
        name: asked.owner_name,
    };
    let intake = Intake::prepare(&core.dealers, dealer, owner, noted).await?;
    let staged = core.transfer.import(archive, into, &|_event| {}).await?;
    let opened = intake.open(&core.dealers, staged).await?;
    Ok(json!({
        "dealer": { "id": opened.dealer.to_string(), "schema": opened.schema },
        "rows": rows,
        "ownerPassword": opened.owner_password,
    }))
}

impl Asked {
    /// One destination, and nothing that it has no use for.
    fn check(&self) -> AppResult<()> {
        let is_new = self.r#as.is_some();
        if is_new == self.into.is_some() {
            let message = "say either as=new or into=<id of a suspended dealer>";
            return Err(AppError::bad_input("into", message));
        }
        if is_new && self.from_another_dealer {
            let message = "goes with into";
            return Err(AppError::bad_input("fromAnotherDealer", message));
        }
        let of_new = [&self.name, &self.owner_email, &self.owner_name];
        if !is_new && of_new.iter().any(|given| given.is_some()) {
            let message = "name, ownerEmail and ownerName go with as=new";
            return Err(AppError::bad_input("as", message));
        }
        Ok(())
    }
}

/// The length that the client says its body has.
fn announced(request: &HttpRequest) -> u64 {
    let length = request.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
    length.unwrap_or_default()
}

/// Without the password.
fn log(operator: &Operator, answer: &Value) {
    let (dealer, rows) = (&answer["dealer"], &answer["rows"]);
    tracing::info!(operator = %operator.name(), %dealer, %rows, "dealer imported");
}
