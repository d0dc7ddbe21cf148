//! `/oauth/userinfo`: who has signed in, for the bearer of an access token.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::answer;
use crate::app::App;
use crate::error::AppError;
use crate::http::answer::status_of;
use crate::http::credentials::Credentials;
use crate::platform::oauth::fault::Word;
use crate::platform::oauth::request::plain;
use crate::tenancy::TenantContext;

/// What the token may know of its user.
pub(super) async fn user_info(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let context = match admitted(&app, &request).await {
        Ok(Some(context)) => context,
        Ok(None) => return challenge(StatusCode::UNAUTHORIZED, None),
        Err(error) => {
            let status = status_of(error.code());
            let word = match status {
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "invalid_token",
                _ => return answer::refused(&error.into(), false),
            };
            return challenge(StatusCode::UNAUTHORIZED, Some((word, error.message())));
        }
    };
    let Some(principal) = context.principal() else {
        return challenge(StatusCode::UNAUTHORIZED, None);
    };
    match app.callers.applications.user_info(principal).await {
        Ok(info) => answer::json(&info),
        Err(fault) => match fault.told() {
            (Word::AccessDenied, why) => {
                challenge(StatusCode::FORBIDDEN, Some(("insufficient_scope", why)))
            }
            _ => answer::refused(&fault, false),
        },
    }
}

/// The caller by the token that he has sent on purpose.
async fn admitted(
    app: &App,
    request: &HttpRequest,
) -> Result<Option<std::sync::Arc<TenantContext>>, AppError> {
    let credentials = Credentials::of(request, &app.settings)?;
    if credentials.bearer().is_none() {
        return Ok(None);
    }
    app.admit_caller(&credentials).await
}

/// A refusal by RFC 6750.
fn challenge(status: StatusCode, why: Option<(&str, &str)>) -> HttpResponse {
    let value = why.map_or_else(
        || "Bearer".to_owned(),
        |(word, description)| {
            let description: String = description.chars().map(plain).collect();
            format!("Bearer error=\"{word}\", error_description=\"{description}\"")
        },
    );
    HttpResponse::build(status)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((WWW_AUTHENTICATE, value))
        .finish()
}
