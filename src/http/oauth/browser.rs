//! What a browser brings and keeps: forms, and two cookies.
//!
//! One says that somebody is signed in here, so that he need not sign in for each
//! application. It comes along when another site sends the browser here, or nobody
//! would ever be found signed in; it opens these pages and nothing else. The other is
//! the browser's half of what proves that a form is our own.

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;

use crate::app::App;
use crate::auth::text;
use crate::error::AppResult;
use crate::http::caller::cookie;
use crate::http::credentials::{is_own_origin, policy};
use crate::kernel::ids::SessionId;
use crate::platform::oauth::params::Params;
use crate::platform::oauth::pending;
use crate::platform::oauth::service::SignedIn;

/// Longest cookie that is looked at.
const LONGEST: usize = 512;

/// The parameters of a form.
pub(super) fn form(
    request: &HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> Result<Params, String> {
    let kind = request.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|value| value.split(';').next());
    let is_form = kind.is_some_and(|kind| {
        kind.trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    });
    if !is_form {
        return Err("send the parameters as application/x-www-form-urlencoded".to_owned());
    }
    let body = body.map_err(|_| "the form is too large".to_owned())?;
    Params::read(&body).map_err(|error| error.to_string())
}

/// The cookies of these pages.
pub(super) struct Browser<'r> {
    app: &'r App,
    request: &'r HttpRequest,
}

impl<'r> Browser<'r> {
    pub(super) const fn of(app: &'r App, request: &'r HttpRequest) -> Self {
        Self { app, request }
    }

    /// The sign-in of the browser, as it says.
    pub(super) fn signed_in(&self) -> Option<SessionId> {
        let sealed = self.read("signin")?;
        pending::open_session(&self.app.vault, sealed)
    }

    /// The cookies by which the browser is signed in from now on, and known.
    pub(super) fn sign_in(&self, signed_in: &SignedIn) -> AppResult<Vec<String>> {
        let sealed = pending::seal_session(&self.app.vault, signed_in.session)?;
        let mut cookies = vec![self.written("signin", &sealed)];
        let policy = policy(&self.app.settings);
        cookies.extend(
            signed_in
                .device
                .iter()
                .map(|token| policy.with_device(token)),
        );
        Ok(cookies)
    }

    /// The browser's half of its forms; a new one if it has none.
    pub(super) fn half(&self) -> AppResult<(String, Option<String>)> {
        if let Some(half) = self.read("form").filter(|half| half.len() == 43) {
            return Ok((half.to_owned(), None));
        }
        let half = text::url_safe(&text::random::<32>()?);
        let cookie = self.written("form", &half);
        Ok((half, Some(cookie)))
    }

    /// Whether a form is one that this browser was given, sent by a page of ours.
    pub(super) fn is_own(&self, sealed: &str, code: &str) -> AppResult<bool> {
        let Some(half) = self.read("form") else {
            return Ok(false);
        };
        let is_own = pending::is_own_form(&self.app.vault, half, sealed, code)?;
        Ok(is_own && is_own_origin(self.request, &self.app.settings))
    }

    fn read(&self, name: &str) -> Option<&'r str> {
        let value = cookie(self.request, &self.name(name))?;
        Some(value).filter(|value| value.len() <= LONGEST)
    }

    fn name(&self, name: &str) -> String {
        let prefix = if self.app.settings.secure_cookies {
            "__Host-"
        } else {
            ""
        };
        format!("{prefix}tubex_{name}")
    }

    fn written(&self, name: &str, value: &str) -> String {
        let secure = if self.app.settings.secure_cookies {
            "; Secure"
        } else {
            ""
        };
        let name = self.name(name);
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")
    }
}
