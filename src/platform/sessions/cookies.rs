//! Tokens as cookies, for dashboards in a browser.
//!
//! Scripts of a page can not read them, and no other site can have them sent:
//! they are `HttpOnly` and `SameSite=Strict`, and requests that live on them must
//! come from an origin that is ours (see `http::credentials`).

use async_graphql::Context;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::service::Opened;
use crate::auth::device;
use crate::auth::token::IssuedToken;
use crate::error::{AppError, AppResult, ErrorCode, UserError};
use crate::graphql::context::ContextExt;
use crate::kernel::ids::DealerId;

/// How cookies are written on this server.
#[derive(Clone, Copy, Debug)]
pub struct CookiePolicy {
    /// Whether they travel over TLS only. Browsers make an exception for their
    /// own machine.
    pub secure: bool,
}

/// The cookies that came with a request. Only a request that can be answered with
/// cookies carries this.
#[derive(Default)]
pub struct SentCookies {
    /// The refresh token.
    pub refresh: Option<SecretString>,
    /// The dealer whose the host is.
    pub host_of: Option<DealerId>,
}

impl CookiePolicy {
    /// Name of the cookie with the access token.
    pub const fn access(self) -> &'static str {
        if self.secure {
            "__Host-tubex_access"
        } else {
            "tubex_access"
        }
    }

    /// Name of the cookie with the refresh token.
    pub const fn refresh(self) -> &'static str {
        if self.secure {
            "__Host-tubex_refresh"
        } else {
            "tubex_refresh"
        }
    }

    /// Name of the cookie with the device token.
    pub const fn device(self) -> &'static str {
        if self.secure {
            "__Host-tubex_device"
        } else {
            "tubex_device"
        }
    }

    /// The cookie with a device token, as an answer sets it. It outlives the session.
    pub fn with_device(self, token: &SecretString) -> String {
        let seconds = device::LIFETIME.num_seconds();
        self.written(self.device(), token.expose_secret(), seconds)
    }

    fn written(self, name: &str, value: &str, seconds: i64) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
    }
}

/// Writes the tokens of a session as cookies of the answer.
pub fn set(ctx: &Context<'_>, opened: &Opened, now: DateTime<Utc>) -> AppResult<()> {
    let policy = *ctx.service::<CookiePolicy>()?;
    set_access(ctx, &opened.access, now)?;
    let refresh = opened.refresh.expose_secret();
    let seconds = (opened.refresh_expires_at - now).num_seconds();
    append(ctx, &policy.written(policy.refresh(), refresh, seconds))
}

/// Writes an access token as a cookie of the answer.
pub fn set_access(ctx: &Context<'_>, access: &IssuedToken, now: DateTime<Utc>) -> AppResult<()> {
    let policy = *ctx.service::<CookiePolicy>()?;
    let seconds = (access.expires_at - now).num_seconds();
    append(
        ctx,
        &policy.written(policy.access(), access.token.expose_secret(), seconds),
    )
}

/// Writes a device token as a cookie of the answer. It outlives the session.
pub fn set_device(ctx: &Context<'_>, token: &SecretString) -> AppResult<()> {
    let policy = *ctx.service::<CookiePolicy>()?;
    append(ctx, &policy.with_device(token))
}

/// Has the client throw the cookies of its session away.
pub fn clear(ctx: &Context<'_>) -> AppResult<()> {
    let policy = *ctx.service::<CookiePolicy>()?;
    for name in [policy.access(), policy.refresh()] {
        append(ctx, &policy.written(name, "", 0))?;
    }
    Ok(())
}

/// The refresh token that came as a cookie.
pub fn sent_refresh(ctx: &Context<'_>) -> Option<SecretString> {
    let sent: &SentCookies = ctx.data_opt()?;
    sent.refresh.clone()
}

/// Refuses to go on at another dealer on a host that is one dealer's: the cookies would be
/// good for nothing there.
pub fn check_host(ctx: &Context<'_>, dealer: DealerId) -> Result<(), UserError> {
    let sent = ctx.data_opt::<SentCookies>();
    let host_of = sent.filter(|sent| sent.refresh.is_some());
    match host_of.and_then(|sent| sent.host_of) {
        Some(own) if own != dealer => Err(UserError::at(
            ErrorCode::NotAllowed,
            &["input", "dealerId"],
            "this host is another dealer's, and its cookies are for it alone; sign in at the \
             host of that dealer",
        )),
        _ => Ok(()),
    }
}

/// Refuses what wants cookies where there can be none.
pub fn check_possible(ctx: &Context<'_>) -> AppResult<()> {
    match ctx.data_opt::<SentCookies>() {
        Some(_) => Ok(()),
        None => Err(AppError::bad_input(
            "input.cookies",
            "cookies are set by answers over HTTP, and for pages whose origin is this server's or \
             one of --allowed-origins",
        )),
    }
}

fn append(ctx: &Context<'_>, cookie: &str) -> AppResult<()> {
    check_possible(ctx)?;
    ctx.append_http_header("set-cookie", cookie);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_for_this_host_and_no_script() {
        let secure = CookiePolicy { secure: true };
        assert_eq!(
            secure.written(secure.access(), "x", 900),
            "__Host-tubex_access=x; Path=/; Max-Age=900; HttpOnly; SameSite=Strict; Secure"
        );
        let plain = CookiePolicy { secure: false };
        assert!(!plain.written(plain.refresh(), "x", 1).contains("Secure"));
        assert!(!plain.refresh().starts_with("__Host-"));
    }
}
