//! `/livez` and `/readyz`.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use serde::Serialize;

use crate::app::App;
use crate::tenancy::state::{Pending, pending};

/// What keeps the server from taking requests; all true when nothing does.
#[derive(Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a list of answers, not of modes"
)]
struct Readiness {
    ready: bool,
    /// The database answers.
    database: bool,
    /// No schema lacks a migration this program knows.
    migrations: bool,
    /// The server is not about to stop.
    accepting: bool,
}

/// The process runs.
pub(super) async fn livez() -> HttpResponse {
    no_store(HttpResponse::Ok()).body("ok\n")
}

/// The process can answer requests.
pub(super) async fn readyz(app: Data<App>) -> HttpResponse {
    let readiness = readiness(&app).await;
    let status = if readiness.ready {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    no_store(status).json(readiness)
}

fn no_store(mut status: actix_web::HttpResponseBuilder) -> actix_web::HttpResponseBuilder {
    status.insert_header((CACHE_CONTROL, "no-store"));
    status
}

async fn readiness(app: &App) -> Readiness {
    let accepting = !*app.closing().borrow();
    let (database, migrations) = match pending(&app.core.control).await {
        Ok(None) => (true, true),
        Ok(Some(Pending::Control)) => {
            tracing::warn!("not ready: run `tubex migrate`");
            (true, false)
        }
        Ok(Some(Pending::Dealers(behind))) => {
            tracing::warn!(behind, "not ready: run `tubex migrate`");
            (true, false)
        }
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (false, false)
        }
    };
    Readiness {
        ready: accepting && database && migrations,
        database,
        migrations,
        accepting,
    }
}
