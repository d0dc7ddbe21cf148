//! `GET /dealers/{dealer}/export`: a dealer as a zip.

use std::io::BufWriter;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::pipe::{Piece, body, pipe};
use super::{admitted, query, refused, turn};
use crate::app::OperatorApp;
use crate::error::{AppError, ServiceResult};
use crate::http::request_id::RequestId;
use crate::platform::dealers::note::Note;
use crate::platform::operator::scope::actor;
use crate::tenancy::transfer::TransferError;

/// Sent at once.
const PIECE: usize = 64 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    reason: Option<String>,
}

/// Sends a dealer's rows as they are at this moment.
pub(super) async fn export(
    endpoint: Data<OperatorApp>,
    request: HttpRequest,
    RequestId(request_id): RequestId,
) -> HttpResponse {
    match exported(&endpoint, &request).await {
        Ok(answer) => answer,
        Err(refusal) => refused(refusal, &request, request_id),
    }
}

async fn exported(endpoint: &OperatorApp, request: &HttpRequest) -> ServiceResult<HttpResponse> {
    let operator = admitted(endpoint, request).await?;
    let asked: Asked = query(request)?;
    let note = Note::new(&actor(&operator), asked.reason.as_deref())?;
    let turn = turn(endpoint)?;
    let core = &endpoint.app.core;
    let named = request.match_info().get("dealer").unwrap_or_default();
    let dealer = core.lifecycle.find(named).await?;
    let (to, ending, mut pieces) = pipe();
    let (transfer, name) = (core.transfer.clone(), operator.name().clone());
    let work = actix_web::rt::spawn(async move {
        let _turn = turn;
        let out = BufWriter::with_capacity(PIECE, to);
        let exported = transfer.export(dealer, out, &|_event| {}).await;
        let (_, written) = exported.inspect_err(
            |error| tracing::warn!(%dealer, operator = %name, %error, "a dealer was not exported"),
        )?;
        let bytes = written.bytes;
        tracing::info!(%dealer, operator = %name, bytes, sha256 = written.sha256, "dealer exported");
        ending.tell().await;
        Ok::<_, TransferError>(())
    });
    // Until the first piece there is a status to refuse with.
    let Some(Piece::Data(first)) = pieces.recv().await else {
        work.await.map_err(AppError::internal)??;
        return Err(AppError::internal("an export came out empty").into());
    };
    core.dealers.note_export(dealer, &note).await?;
    let file = format!("attachment; filename=\"{dealer}.zip\"");
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((CONTENT_DISPOSITION, file))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(body(first, pieces)))
}
