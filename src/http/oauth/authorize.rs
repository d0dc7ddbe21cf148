//! Where applications send users: signing in and consenting.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, LOCATION, REFERRER_POLICY, SET_COOKIE};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::browser::{Browser, form};
use super::pages;
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::http::caller::peer;
use crate::platform::oauth::params::Params;
use crate::platform::oauth::pending::Pending;
use crate::platform::oauth::request::RequestFault;
use crate::platform::oauth::service::{Next, Step};

/// `GET /oauth/authorize`.
pub(super) async fn by_query(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let params = Params::read(request.query_string().as_bytes());
    begin(&app, &request, params.map_err(|error| error.to_string())).await
}

/// `POST /oauth/authorize`, which OpenID Connect asks for.
pub(super) async fn by_form(
    app: Data<App>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let params = form(&request, body);
    begin(&app, &request, params).await
}

async fn begin(app: &App, request: &HttpRequest, params: Result<Params, String>) -> HttpResponse {
    let params = match params {
        Ok(params) => params,
        Err(message) => return pages::fault(StatusCode::BAD_REQUEST, &message),
    };
    let browser = Browser::of(app, request);
    let applications = &app.callers.applications;
    let peer = peer(request, &app.settings);
    let step = applications
        .begin(&params, browser.signed_in(), &peer)
        .await;
    match step {
        Ok(step) => shown(&browser, app, step.into()),
        Err(fault) => refused(fault),
    }
}

/// `POST /oauth/answer`: a form of ours comes back.
pub(super) async fn answer(
    app: Data<App>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let params = match form(&request, body) {
        Ok(params) => params,
        Err(message) => return pages::fault(StatusCode::BAD_REQUEST, &message),
    };
    let browser = Browser::of(&app, &request);
    let sealed = params.get("pending").unwrap_or_default();
    let code = params.get("form").unwrap_or_default();
    match browser.is_own(sealed, code) {
        Ok(true) => {}
        Ok(false) => {
            let message = "This form is not one that your browser was given here. Cookies have \
                           to be allowed; go back to the application and begin again.";
            return pages::fault(StatusCode::FORBIDDEN, message);
        }
        Err(error) => return refused(error.into()),
    }
    let now = app.core.clock.now();
    let Some(pending) = Pending::open(&app.vault, sealed, now) else {
        let message = "This has taken too long. Go back to the application and begin again.";
        return pages::fault(StatusCode::BAD_REQUEST, message);
    };
    let applications = &app.callers.applications;
    let peer = peer(&request, &app.settings);
    let next = applications
        .answer(pending, &params, browser.signed_in(), &peer)
        .await;
    match next {
        Ok(next) => shown(&browser, &app, next),
        Err(fault) => refused(fault),
    }
}

fn shown(browser: &Browser<'_>, app: &App, next: Next) -> HttpResponse {
    let answer = answered(browser, app, next);
    answer.unwrap_or_else(|error| refused(error.into()))
}

fn answered(browser: &Browser<'_>, app: &App, next: Next) -> AppResult<HttpResponse> {
    let (half, new_half) = browser.half()?;
    let signed_in = match &next.signed_in {
        Some(signed_in) => browser.sign_in(signed_in)?,
        None => Vec::new(),
    };
    let mut answer = match next.step {
        Step::Back(address) => back(&address),
        Step::Ask(ask) => pages::form(&app.vault, &half, &ask)?,
    };
    for cookie in new_half.iter().chain(&signed_in) {
        let cookie = HeaderValue::from_str(cookie).map_err(AppError::internal)?;
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(answer)
}

fn refused(fault: RequestFault) -> HttpResponse {
    match fault {
        RequestFault::Shown(message) => pages::fault(StatusCode::BAD_REQUEST, &message),
        RequestFault::Back(address) => back(&address),
        RequestFault::Fault(error) => {
            tracing::error!(?error, "a page for an application can not be shown");
            let message = "Something went wrong here. Please try again in a while.";
            pages::fault(crate::http::answer::status_of(error.code()), message)
        }
    }
}

/// To the application. The method becomes GET, so that no password goes along.
fn back(address: &str) -> HttpResponse {
    HttpResponse::build(StatusCode::SEE_OTHER)
        .insert_header((LOCATION, address))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .finish()
}
