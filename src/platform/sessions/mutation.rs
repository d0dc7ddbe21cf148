//! What can be done with sessions.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::cookies;
use super::model::EndCause;
use super::query::Which;
use super::service::Sessions;
use crate::error::{AppError, AppResult, ErrorCode, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{AnyCaller, for_any_caller, open_to_all};
use crate::graphql::refused::sorted;
use crate::kernel::ids::{DealerId, SessionId};
use crate::platform::identity::graphql::Dealer;

/// Which session to go on with.
#[derive(InputObject)]
pub struct TokenRefreshInput {
    /// The refresh token; left out by clients that keep it in a cookie.
    #[graphql(secret)]
    pub refresh_token: Option<String>,
}

/// Result of tokenRefresh.
#[derive(SimpleObject, Default)]
pub struct TokenRefreshPayload {
    /// Send it as `Authorization: Bearer …`; null if refused, or set as a cookie.
    pub access_token: Option<String>,
    /// When the access token stops being valid.
    pub expires_at: Option<DateTime<Utc>>,
    /// Takes the place of the refresh token that was sent; null if refused, or set
    /// as a cookie.
    pub refresh_token: Option<String>,
    /// When the session ends unless it is refreshed before.
    pub refresh_expires_at: Option<DateTime<Utc>>,
    /// The dealer the access token is good for.
    pub dealer: Option<Dealer>,
    /// What is wrong; with `UNAUTHENTICATED` the user has to sign in again.
    pub user_errors: Vec<UserError>,
}

/// Which session to end.
#[derive(InputObject, Default)]
pub struct LogoutInput {
    /// The refresh token of the session; left out where the access token or a
    /// cookie tells.
    #[graphql(secret)]
    pub refresh_token: Option<String>,
}

/// Result of a mutation that ends sessions.
#[derive(SimpleObject, Default)]
pub struct SessionsEndedPayload {
    /// How many sessions were ended.
    pub ended: usize,
    /// What to mend before trying again; empty on success.
    pub user_errors: Vec<UserError>,
}

/// Where to go on.
#[derive(InputObject)]
pub struct DealerSwitchInput {
    /// One of the dealers the user works for.
    pub dealer_id: DealerId,
}

/// Result of dealerSwitch.
#[derive(SimpleObject, Default)]
pub struct DealerSwitchPayload {
    /// Takes the place of the present one; null if refused, or set as a cookie.
    pub access_token: Option<String>,
    /// When the access token stops being valid.
    pub expires_at: Option<DateTime<Utc>>,
    /// The dealer the session works for from now on.
    pub dealer: Option<Dealer>,
    /// What to mend before trying again; empty on success.
    pub user_errors: Vec<UserError>,
}

/// Which of the caller's sessions to end.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum SessionChoice {
    /// The one with the given id.
    One,
    /// All but the one of this request.
    Others,
    /// All, the one of this request too.
    All,
}

/// Which sessions to end.
#[derive(InputObject)]
pub struct SessionRevokeInput {
    /// Which of the caller's sessions.
    pub which: SessionChoice,
    /// With `ONE`: which one.
    pub id: Option<SessionId>,
}

/// Mutations on sessions.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Trades the refresh token of a session for the next tokens. Needs no access
    /// token; send none, since one that has expired is refused.
    #[graphql(directive = open_to_all::apply())]
    async fn token_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Which session.",
            default_with = "TokenRefreshInput { refresh_token: None }"
        )]
        input: TokenRefreshInput,
    ) -> AppResult<TokenRefreshPayload> {
        let by_cookie = input.refresh_token.is_none();
        let token = input.refresh_token.map(SecretString::from);
        let Some(token) = token.or_else(|| cookies::sent_refresh(ctx)) else {
            return Ok(TokenRefreshPayload::refused(vec![UserError::at(
                ErrorCode::Unauthenticated,
                &["input", "refreshToken"],
                "send the refresh token; none came as a cookie either",
            )]));
        };
        let sessions = ctx.service::<Sessions>()?;
        match sorted(sessions.refresh(&token, ctx.peer()?).await)? {
            Ok(opened) => {
                let now = sessions.clock().now();
                if by_cookie {
                    cookies::set(ctx, &opened, now)?;
                }
                let shown =
                    |secret: &SecretString| (!by_cookie).then(|| secret.expose_secret().to_owned());
                Ok(TokenRefreshPayload {
                    access_token: shown(&opened.access.token),
                    expires_at: Some(opened.access.expires_at),
                    refresh_token: shown(&opened.refresh),
                    refresh_expires_at: Some(opened.refresh_expires_at),
                    dealer: Some(Dealer(opened.dealer)),
                    user_errors: Vec::new(),
                })
            }
            Err(user_errors) => Ok(TokenRefreshPayload::refused(user_errors)),
        }
    }

    /// Ends a session: the one whose refresh token is sent, else the one of the
    /// request. Its tokens are refused everywhere within a second.
    #[graphql(directive = open_to_all::apply())]
    async fn logout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.", default_with = "LogoutInput::default()")]
        input: LogoutInput,
    ) -> AppResult<SessionsEndedPayload> {
        let sessions = ctx.service::<Sessions>()?;
        let by_cookie = cookies::sent_refresh(ctx);
        let token = input.refresh_token.map(SecretString::from);
        if let Some(token) = token.or_else(|| by_cookie.clone()) {
            sessions.end_by_token(&token, ctx.peer()?).await?;
        } else {
            let principal = ctx.in_person()?;
            let which = Which::One(principal.session());
            let cause = EndCause::LoggedOut;
            sessions
                .end(principal.user(), which, cause, ctx.peer()?)
                .await?;
        }
        if by_cookie.is_some() {
            cookies::clear(ctx)?;
        }
        // Whether there was one is nobody's business.
        Ok(SessionsEndedPayload {
            ended: 1,
            user_errors: Vec::new(),
        })
    }

    /// Goes on at another dealer of the user, in the same session.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn dealer_switch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to go on.")] input: DealerSwitchInput,
    ) -> AppResult<DealerSwitchPayload> {
        let principal = ctx.in_person()?;
        let sessions = ctx.service::<Sessions>()?;
        let switched = match cookies::check_host(ctx, input.dealer_id) {
            Ok(()) => {
                let switched = sessions.switch(principal, input.dealer_id, ctx.peer()?);
                switched.await
            }
            Err(error) => Err(error.into()),
        };
        match sorted(switched)? {
            Ok((access, dealer)) => {
                let by_cookie = cookies::sent_refresh(ctx).is_some();
                if by_cookie {
                    cookies::set_access(ctx, &access, sessions.clock().now())?;
                }
                let shown = (!by_cookie).then(|| access.token.expose_secret().to_owned());
                Ok(DealerSwitchPayload {
                    access_token: shown,
                    expires_at: Some(access.expires_at),
                    dealer: Some(Dealer(dealer)),
                    user_errors: Vec::new(),
                })
            }
            Err(user_errors) => Ok(DealerSwitchPayload {
                user_errors,
                ..DealerSwitchPayload::default()
            }),
        }
    }

    /// Ends sessions of the caller. Their tokens are refused everywhere within a
    /// second.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sessions.")] input: SessionRevokeInput,
    ) -> AppResult<SessionsEndedPayload> {
        let which = match (input.which, input.id) {
            (SessionChoice::One, None) => {
                return Err(AppError::bad_input("input.id", "say which session to end"));
            }
            (SessionChoice::One, Some(id)) => Which::One(id),
            (SessionChoice::Others, _) => Which::Others(ctx.principal()?.session()),
            (SessionChoice::All, _) => Which::All,
        };
        let payload = revoke(ctx, which).await?;
        if payload.ended > 0 || input.which != SessionChoice::One {
            return Ok(payload);
        }
        let none = UserError::at(
            ErrorCode::NotFound,
            &["input", "id"],
            "you have no such session",
        );
        let refused = sorted(Err(none.into()))?;
        Ok(refused.unwrap_or_else(SessionsEndedPayload::refused))
    }
}

impl SessionsEndedPayload {
    fn refused(user_errors: Vec<UserError>) -> Self {
        Self {
            ended: 0,
            user_errors,
        }
    }
}

async fn revoke(ctx: &Context<'_>, which: Which) -> AppResult<SessionsEndedPayload> {
    let principal = ctx.in_person()?;
    let sessions = ctx.service::<Sessions>()?;
    let ended = sessions
        .end(principal.user(), which, EndCause::Revoked, ctx.peer()?)
        .await?;
    Ok(SessionsEndedPayload {
        ended,
        user_errors: Vec::new(),
    })
}

impl TokenRefreshPayload {
    fn refused(user_errors: Vec<UserError>) -> Self {
        Self {
            user_errors,
            ..Self::default()
        }
    }
}
