//! The pages on which users sign in and consent. They need no script.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, CACHE_CONTROL};
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::auth::vault::Vault;
use crate::error::{AppError, AppResult};
use crate::platform::oauth::pending;
use crate::platform::oauth::redirect;
use crate::platform::oauth::scope::ScopeWord;
use crate::platform::oauth::service::{Ask, Form};
use crate::tenancy::directory::Dealer;

const STYLE: &str = concat!(
    include_str!("../../../web/account/account.css"),
    include_str!("../../../web/oauth/style.css"),
);

static TEMPLATES: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("frame.html", include_str!("../../../web/oauth/frame.html"))?;
    environment.add_template("form.html", include_str!("../../../web/oauth/form.html"))?;
    environment.add_template("fault.html", include_str!("../../../web/oauth/fault.html"))?;
    Ok(environment)
});

#[derive(Serialize)]
struct Shown<'a> {
    title: &'static str,
    stage: &'static str,
    application: &'a str,
    homepage: Option<&'a str>,
    back_to: String,
    fault: Option<&'a str>,
    pending: String,
    form: String,
    email: &'a str,
    user: Option<String>,
    dealer: Option<&'a str>,
    dealers: Vec<Choice<'a>>,
    wishes: Vec<&'static str>,
}

#[derive(Serialize)]
struct Choice<'a> {
    id: String,
    name: &'a str,
    chosen: bool,
}

#[derive(Serialize)]
struct Fault<'a> {
    title: &'static str,
    message: &'a str,
}

/// A form for the browser with this half.
pub(super) fn form(vault: &Vault, half: &str, ask: &Ask) -> AppResult<HttpResponse> {
    let request = &ask.pending.request;
    let sealed = ask.pending.seal(vault)?;
    let origin = redirect::origin(&request.redirect_uri).unwrap_or_default();
    let mut shown = Shown {
        title: "Sign in",
        stage: "password",
        application: &ask.client.name,
        homepage: ask.client.homepage.as_deref(),
        back_to: origin.clone(),
        fault: ask.fault.as_deref(),
        form: pending::form_code(vault, half, &sealed)?,
        pending: sealed,
        email: request.hint.as_deref().unwrap_or_default(),
        user: None,
        dealer: None,
        dealers: Vec::new(),
        wishes: Vec::new(),
    };
    match &ask.form {
        Form::Password => {}
        Form::Dealer(dealers) => {
            shown.title = "Choose a dealer";
            shown.stage = "dealer";
            shown.dealers = choices(dealers, None);
        }
        Form::Code => shown.stage = "code",
        Form::Consent(consent) => {
            shown.title = "Let an application in";
            shown.stage = "consent";
            shown.user = Some(format!("{} ({})", consent.user.name, consent.user.email));
            shown.dealer = Some(&consent.dealer.name);
            shown.dealers = choices(&consent.choice, Some(&consent.dealer));
            shown.wishes = request.scope.words().map(ScopeWord::description).collect();
        }
    }
    let body = rendered("form.html", &shown)?;
    Ok(page(StatusCode::OK, &origin, body))
}

fn choices<'a>(dealers: &'a [Dealer], chosen: Option<&Dealer>) -> Vec<Choice<'a>> {
    let choice = |dealer: &'a Dealer| Choice {
        id: dealer.id.to_string(),
        name: &dealer.name,
        chosen: chosen.is_some_and(|chosen| chosen.id == dealer.id),
    };
    dealers.iter().map(choice).collect()
}

/// A page that says what is wrong, and leads nowhere.
pub(super) fn fault(status: StatusCode, message: &str) -> HttpResponse {
    let shown = Fault {
        title: "This does not work",
        message,
    };
    match rendered("fault.html", &shown) {
        Ok(body) => page(status, "", body),
        Err(error) => {
            tracing::error!(?error, "a page can not be shown");
            HttpResponse::InternalServerError().finish()
        }
    }
}

pub(super) async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(STYLE)
}

/// Our own style and nothing else. A form's answer may lead to the application, which
/// browsers take for sending the form there.
fn page(status: StatusCode, application: &str, body: String) -> HttpResponse {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; \
         form-action 'self' {application}; frame-ancestors 'none'"
    );
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // The address holds the application's request, which is nobody else's business;
        // told nothing at all, browsers would send our forms without their origin.
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(body)
}

fn rendered<V: Serialize>(name: &str, values: &V) -> AppResult<String> {
    let templates = TEMPLATES.as_ref().map_err(AppError::internal)?;
    let template = templates.get_template(name).map_err(AppError::internal)?;
    template.render(Serde(values)).map_err(AppError::internal)
}
