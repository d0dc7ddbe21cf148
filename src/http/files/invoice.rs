//! `GET` of an invoice as PDF by its link.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::download::{Named, headers};
use super::refused;
use crate::app::App;
use crate::error::AppResult;
use crate::http::request_id::RequestId;

/// Draws it. It is short and drawn as a whole, so there are no ranges of it.
pub(super) async fn get(
    app: Data<App>,
    request: HttpRequest,
    RequestId(request_id): RequestId,
    token: Path<String>,
) -> HttpResponse {
    match drawn(&app, &token).await {
        Ok(response) => response,
        Err(error) => refused(error, &request, request_id),
    }
}

async fn drawn(app: &App, token: &str) -> AppResult<HttpResponse> {
    let printed = app.invoice_pdf(token).await?;
    let mut answer = HttpResponse::Ok();
    let named = Named {
        name: &printed.name,
        content_type: "application/pdf",
    };
    headers(&mut answer, &named);
    Ok(answer.body(printed.bytes))
}
