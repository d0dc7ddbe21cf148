//! Whole dealers as files, over HTTP: out by GET, in by POST.
//!
//! Bodies are streams in both directions; neither is ever in memory whole. Refusals
//! have the form of those of GraphQL, with a status that says more.

mod export;
mod import;
mod pipe;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use crate::app::OperatorApp;
use crate::auth::operator::Operator;
use crate::error::{AppError, AppResult, Refusal};
use crate::http::answer::{self, status_of_resource};
pub(super) use crate::http::body::PATIENCE;
use crate::http::endpoint::Endpoint;
use crate::http::media::MediaType;

/// The paths of whole dealers.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/dealers/{dealer}/export", web::get().to(export::export))
        .route("/dealers/import", web::post().to(import::import));
}

/// Who calls; nobody is let in without a token.
async fn admitted(endpoint: &OperatorApp, request: &HttpRequest) -> AppResult<Operator> {
    endpoint.admit_sender(request).await
}

/// What stands behind the `?`.
fn query<T: DeserializeOwned>(request: &HttpRequest) -> AppResult<T> {
    let query = web::Query::<T>::from_query(request.query_string());
    let query = query.map_err(|error| AppError::bad_input("query", error.to_string()))?;
    Ok(query.into_inner())
}

/// A turn: each transfer has connections of its own.
fn turn(endpoint: &OperatorApp) -> AppResult<OwnedSemaphorePermit> {
    let turn = Arc::clone(&endpoint.transfers).try_acquire_owned();
    turn.map_err(|_none_left| {
        let message = "other dealers are being exported and imported; try again";
        AppError::overloaded(message, Duration::from_secs(5))
    })
}

fn refused(refusal: Refusal, request: &HttpRequest, request_id: Uuid) -> HttpResponse {
    let error = refusal.into_error();
    let media = MediaType::accepted(request);
    answer::refused(status_of_resource(error.code()), error, request_id, media)
}
