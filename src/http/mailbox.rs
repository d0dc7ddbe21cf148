//! The mailbox of the demo: what would have been sent, for people to open.
//!
//! Mails hold links that set passwords, so only this machine is shown any, and only
//! under its own name: a website of somebody else whose name leads here gets none.

use std::sync::LazyLock;

use actix_web::guard::{Guard, GuardContext};
use actix_web::http::header::{self, HOST};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use super::graphiql::Page;
use crate::platform::mail::transport::{MailDir, StoredMail};

const STYLE: &str = include_str!("../../web/mailbox/style.css");

/// Our own style, and mails in frames.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// A mail sets its style on elements, and runs nothing.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
    form-action 'none'; frame-ancestors 'self'; \
    sandbox allow-popups allow-popups-to-escape-sandbox";

/// Most mails of the list.
const MOST: usize = 200;

static TEMPLATES: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("list.html", include_str!("../../web/mailbox/list.html"))?;
    environment.add_template("mail.html", include_str!("../../web/mailbox/mail.html"))?;
    Ok(environment)
});

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        web::scope("/mailbox")
            .guard(OwnMachine)
            .route("", web::get().to(list))
            .route("/style.css", web::get().to(style))
            .route("/{name}", web::get().to(mail))
            .route("/{name}/html", web::get().to(html)),
    );
}

/// Lets in what comes from this machine and asks for it.
struct OwnMachine;

impl Guard for OwnMachine {
    fn check(&self, ctx: &GuardContext<'_>) -> bool {
        let head = ctx.head();
        let host = head.headers().get(HOST).and_then(|host| host.to_str().ok());
        let name = host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
        head.peer_addr
            .is_some_and(|peer| peer.ip().to_canonical().is_loopback())
            && matches!(name, Some("localhost" | "127.0.0.1" | "[::1]"))
    }
}

#[derive(Serialize)]
struct Shown {
    when: String,
    #[serde(flatten)]
    mail: StoredMail,
}

impl From<StoredMail> for Shown {
    fn from(mail: StoredMail) -> Self {
        let when = mail.at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
        Self { when, mail }
    }
}

#[derive(Serialize)]
struct List {
    folder: String,
    mails: Vec<Shown>,
}

#[derive(Serialize)]
struct One {
    mail: Shown,
}

async fn list(page: Data<Page>) -> HttpResponse {
    let Some(dir) = page.mailbox() else {
        return HttpResponse::NotFound().finish();
    };
    let folder = dir.path().display().to_string();
    let dir = dir.clone();
    let listed = web::block(move || dir.list(MOST)).await;
    match listed {
        Ok(Ok(mails)) => {
            let mails = mails.into_iter().map(Shown::from).collect();
            rendered("list.html", &List { folder, mails })
        }
        Ok(Err(error)) => failed(&error),
        Err(error) => failed(&error),
    }
}

async fn mail(page: Data<Page>, request: HttpRequest) -> HttpResponse {
    match found(&page, &request).await {
        Some(mail) => rendered("mail.html", &One { mail: mail.into() }),
        None => HttpResponse::NotFound().finish(),
    }
}

/// The mail as a mail program shows it; its links open beside the mailbox.
async fn html(page: Data<Page>, request: HttpRequest) -> HttpResponse {
    let Some(mail) = found(&page, &request).await else {
        return HttpResponse::NotFound().finish();
    };
    let body = mail
        .html
        .replacen("<head>", "<head>\n<base target=\"_blank\">", 1);
    answer("text/html; charset=utf-8", MAIL_POLICY, body)
}

async fn style(page: Data<Page>) -> HttpResponse {
    match page.mailbox() {
        Some(_) => answer("text/css; charset=utf-8", POLICY, STYLE.to_owned()),
        None => HttpResponse::NotFound().finish(),
    }
}

async fn found(page: &Page, request: &HttpRequest) -> Option<StoredMail> {
    let dir: MailDir = page.mailbox()?.clone();
    let name = request.match_info().get("name")?.to_owned();
    web::block(move || dir.find(&name)).await.ok()?.ok()
}

fn rendered<V: Serialize>(name: &str, values: &V) -> HttpResponse {
    let templates = match &*TEMPLATES {
        Ok(templates) => templates,
        Err(error) => return failed(error),
    };
    let template = templates.get_template(name);
    match template.and_then(|template| template.render(Serde(values))) {
        Ok(body) => answer("text/html; charset=utf-8", POLICY, body),
        Err(error) => failed(&error),
    }
}

fn answer(content_type: &'static str, policy: &'static str, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body)
}

fn failed(error: &dyn std::error::Error) -> HttpResponse {
    tracing::error!(%error, "the mailbox can not be shown");
    HttpResponse::InternalServerError().finish()
}
