//! The pages that links in mails lead to, where the settings name no dashboard.
//!
//! They show what they get from the API, and send what is typed to it, as any
//! dashboard would. All of it is this server's own files: the policy forbids a
//! script in the page itself, so there is none to be told by a nonce.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, ServiceConfig, get};

use crate::app::App;

const HTML: &str = include_str!("../../web/account/index.html");
const SCRIPT: &str = include_str!("../../web/account/account.js");
const STYLE: &str = include_str!("../../web/account/account.css");

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The paths, as mails name them.
const PAGES: [&str; 4] = [
    "/verify-email",
    "/reset-password",
    "/forgot-password",
    "/invitation",
];

pub(super) fn routes(config: &mut ServiceConfig) {
    for page in PAGES {
        config.route(page, get().to(html));
    }
    config
        .route("/account/account.js", get().to(script))
        .route("/account/account.css", get().to(style));
}

async fn html(app: Data<App>) -> HttpResponse {
    served(&app, "text/html; charset=utf-8", HTML)
}

async fn script(app: Data<App>) -> HttpResponse {
    served(&app, "text/javascript; charset=utf-8", SCRIPT)
}

async fn style(app: Data<App>) -> HttpResponse {
    served(&app, "text/css; charset=utf-8", STYLE)
}

fn served(app: &App, content_type: &'static str, body: &'static str) -> HttpResponse {
    if app.settings.mail.dashboard_url.is_some() {
        return HttpResponse::NotFound().finish();
    }
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // The address of the page holds a token.
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body)
}
