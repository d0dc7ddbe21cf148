//! `/livez` and `/readyz`.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use serde::Serialize;

use crate::app::App;
use crate::tenancy::state::{Migrated, migrated};

/// What keeps the server from taking requests; no answer is false when nothing does.
#[derive(Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a list of answers, not of modes"
)]
struct Readiness {
    ready: bool,
    /// The database answers.
    database: bool,
    /// The request role is let in, by a pooler that can do what it has to, if one is
    /// set up.
    requests: bool,
    /// The control plane lacks no migration this program knows.
    migrations: bool,
    /// The server is not about to stop.
    accepting: bool,
    /// Changes of dealers are heard of. While they are not, the node serves all the
    /// same, and reads each dealer anew every second.
    directory: bool,
    /// It is known what has been revoked. While it is not, changes are refused.
    revocations: bool,
    /// Dealers whose schemas lack migrations, if that could be found out. Those
    /// do not keep the others from being served.
    dealers_behind: Option<i64>,
    /// Those of them who are refused until they have been migrated.
    dealers_refused: Option<i64>,
}

/// The process runs.
pub(super) async fn livez() -> HttpResponse {
    no_store(HttpResponse::Ok()).body("ok\n")
}

/// The process can answer requests.
pub(super) async fn readyz(app: Data<App>) -> HttpResponse {
    let readiness = Box::pin(readiness(&app)).await;
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
    let (found, requests, revocations) = tokio::join!(
        migrated(&app.core.control),
        app.tenants.is_well(),
        app.directory.is_sure(),
    );
    let (database, migrated) = match found {
        Ok(migrated) => (true, Some(migrated)),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (false, None)
        }
    };
    let (migrations, dealers) = match migrated {
        Some(Migrated::Control { behind, refused }) => (true, Some((behind, refused))),
        Some(Migrated::Nothing) => {
            tracing::warn!("not ready: run `tubex migrate`");
            (false, None)
        }
        None => (false, None),
    };
    Readiness {
        // A node that may have missed a revocation refuses all changes.
        ready: accepting && database && requests && migrations && revocations,
        database,
        requests,
        migrations,
        accepting,
        directory: app.directory.is_current(),
        revocations,
        dealers_behind: dealers.map(|(behind, _)| behind),
        dealers_refused: dealers.map(|(_, refused)| refused),
    }
}
