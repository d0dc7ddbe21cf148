//! `PUT` of a content to the link that `fileUploadBegin` gave.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LENGTH};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::form::pieces;
use super::refused;
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::files::FileRow;
use crate::http::request_id::RequestId;
use crate::kernel::hex;

/// Takes the content; 200 says that it lasts.
pub(super) async fn put(
    app: Data<App>,
    request: HttpRequest,
    RequestId(request_id): RequestId,
    token: Path<String>,
    body: Payload,
) -> HttpResponse {
    if request.headers().get(CONTENT_LENGTH).is_none() {
        let error = AppError::bad_input("Content-Length", "say how long the content is");
        return refused(error, &request, request_id);
    }
    // A client who goes away must not keep the file from being brought again, so this
    // goes on to its end without him.
    let bringing = actix_web::rt::spawn(async move {
        let pieces = pieces(body);
        app.files.bring(&token, pieces).await
    });
    let brought: AppResult<FileRow> = bringing
        .await
        .unwrap_or_else(|lost| Err(AppError::internal(lost)));
    match brought {
        Ok(row) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .json(json!({
                "id": row.id.to_string(),
                "size": row.size,
                "sha256": row.sha256.as_deref().map(hex::encode),
            })),
        Err(error) => refused(error, &request, request_id),
    }
}
