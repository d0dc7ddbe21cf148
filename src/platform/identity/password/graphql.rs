//! The surface of passwords and of the devices they were given on.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use secrecy::{ExposeSecret, SecretString};

use super::service::PasswordChange;
use crate::error::{AppResult, ServiceResult, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{AnyCaller, for_any_caller};
use crate::graphql::refused::sorted;
use crate::platform::factors::guard::step_up_beside_password;
use crate::platform::identity::graphql::User;
use crate::platform::identity::service::Identity;
use crate::platform::sessions::cookies;

/// Another password.
#[derive(InputObject)]
pub struct PasswordChangeInput {
    /// The present one.
    #[graphql(secret)]
    pub current_password: String,
    /// 10 to 200 characters, none of those that are tried first, and not made of the
    /// user's or the dealer's name.
    #[graphql(secret)]
    pub new_password: String,
}

/// Result of passwordChange.
#[derive(SimpleObject, Default)]
pub struct PasswordChangePayload {
    /// Whose password it is; null if the change was refused.
    pub user: Option<User>,
    /// Takes the place of the present one; null if refused, or set as a cookie.
    pub device_token: Option<String>,
    /// What to mend before trying again; empty on success.
    pub user_errors: Vec<UserError>,
}

/// Mutations on passwords.
#[derive(Default)]
pub struct PasswordMutation;

#[Object]
impl PasswordMutation {
    /// Puts another password in the place of the caller's. Who has a second factor
    /// needs a fresh proof by it (stepUp). His other sessions end, and so do all his
    /// access tokens: go on with tokenRefresh.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The present password and the new one.")] input: PasswordChangeInput,
    ) -> AppResult<PasswordChangePayload> {
        match sorted(change(ctx, input).await)? {
            Ok(payload) => Ok(payload),
            Err(user_errors) => Ok(PasswordChangePayload {
                user_errors,
                ..PasswordChangePayload::default()
            }),
        }
    }
}

async fn change(
    ctx: &Context<'_>,
    input: PasswordChangeInput,
) -> ServiceResult<PasswordChangePayload> {
    let (context, principal) = (ctx.scope()?.context()?, ctx.in_person()?);
    step_up_beside_password(ctx).await?;
    let (accounts, peer) = (ctx.service::<Identity>()?.accounts(), ctx.peer()?);
    let change = PasswordChange {
        principal,
        dealer: &context.dealer().name,
        current: input.current_password.into(),
        new: input.new_password.into(),
    };
    let user = accounts.change_password(change, peer).await?;
    let token = accounts.remember(user.id, peer)?;
    let by_cookies = cookies::sent_refresh(ctx).is_some();
    Ok(PasswordChangePayload {
        device_token: give(ctx, token, by_cookies)?,
        user: Some(User(user)),
        user_errors: Vec::new(),
    })
}

/// Gives a device its token: as a cookie, or to be shown.
pub fn give(
    ctx: &Context<'_>,
    token: Option<SecretString>,
    by_cookies: bool,
) -> AppResult<Option<String>> {
    let Some(token) = token else {
        return Ok(None);
    };
    if by_cookies {
        cookies::set_device(ctx, &token)?;
        return Ok(None);
    }
    Ok(Some(token.expose_secret().to_owned()))
}
