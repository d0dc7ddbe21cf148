//! Content of files: in with operations, in and out by links.
//!
//! Bodies are streams in both directions; neither is ever in memory whole. A link is its
//! own proof, and no cookie counts where one is shown. Refusals have the form of those of
//! GraphQL, with a status that says more.

mod download;
mod form;
mod invoice;
mod multipart;
mod range;
mod upload;

use actix_web::guard::{Guard, GuardContext};
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use uuid::Uuid;

pub(super) use multipart::{post, read_without_files};

use super::answer::{self, status_of_resource};
use super::media::MediaType;
use crate::error::AppError;
use crate::files::Deed;

/// The paths of links.
pub(super) fn routes(config: &mut ServiceConfig) {
    let download = format!("{}/{{token}}", Deed::Download.path());
    let invoice = format!("{}/{{token}}", Deed::Invoice.path());
    let upload = format!("{}/{{token}}", Deed::Upload.path());
    config
        .service(
            web::resource(download)
                .route(web::get().to(download::get))
                .route(web::head().to(download::get)),
        )
        .service(
            web::resource(invoice)
                .route(web::get().to(invoice::get))
                .route(web::head().to(invoice::get)),
        )
        .route(&upload, web::put().to(upload::put));
}

/// Whether a request is an operation with files beside it.
pub(super) struct IsForm;

impl Guard for IsForm {
    fn check(&self, ctx: &GuardContext<'_>) -> bool {
        is_form(ctx.head().headers())
    }
}

/// Whether these headers are those of a form.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let header = headers.get(CONTENT_TYPE);
    let text = header.and_then(|value| value.to_str().ok());
    let essence = text.unwrap_or_default().split(';').next();
    let essence = essence.unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("multipart/form-data")
}

fn refused(error: AppError, request: &HttpRequest, request_id: Uuid) -> HttpResponse {
    let media = MediaType::accepted(request);
    answer::refused(status_of_resource(error.code()), error, request_id, media)
}
