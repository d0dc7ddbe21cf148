//! `/.well-known/jwks.json`: the keys by which others may check our tokens.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use serde_json::json;

use crate::app::App;

/// How long others may keep the keys; the next one is published a day before it
/// signs.
const KEEP: &str = "public, max-age=300";

/// The published keys.
pub(super) async fn jwks(app: Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, KEEP))
        .json(json!({ "keys": app.keys.ring().published() }))
}
