//! The surface of getting back in.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::service::Recovery;
use crate::error::{AppResult, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{AnyCaller, for_any_caller, open_to_all};
use crate::graphql::refused::sorted;
use crate::platform::identity::graphql::User;
use crate::platform::identity::password::graphql::give;
use crate::platform::sessions::cookies;

/// The token of a link in a mail.
#[derive(InputObject)]
pub struct EmailVerifyInput {
    /// What stands behind `token=` in the link.
    #[graphql(secret)]
    pub token: String,
}

/// Whose password is forgotten.
#[derive(InputObject)]
pub struct PasswordResetRequestInput {
    /// Address the user signs in with.
    pub email: String,
}

/// The token of a link in a mail, and what to do with it.
#[derive(InputObject)]
pub struct PasswordResetInput {
    /// What stands behind `token=` in the link.
    #[graphql(secret)]
    pub token: String,
    /// 10 to 200 characters, none of those that are tried first, and not made of the
    /// user's name.
    #[graphql(secret)]
    pub new_password: String,
}

payload! {
    /// Result of emailVerificationRequest.
    EmailVerificationRequestPayload {
        /// Whose address is to be verified; null if no mail is sent.
        user: User
    }
}

payload! {
    /// Result of emailVerify.
    EmailVerifyPayload {
        /// Whose address is verified; null if the link was refused.
        user: User
    }
}

/// Result of passwordResetRequest: the same for every address.
#[derive(SimpleObject)]
pub struct PasswordResetRequestPayload {
    /// What to mend before sending the mutation again; empty on success, also if
    /// nobody has the address.
    pub user_errors: Vec<UserError>,
}

/// Result of passwordReset.
#[derive(SimpleObject)]
pub struct PasswordResetPayload {
    /// To be sent with the next login on this device, which is not held up then by
    /// what others have tried; null if refused. Set as a cookie, too.
    pub device_token: Option<String>,
    /// What to mend before sending the mutation again; empty on success.
    pub user_errors: Vec<UserError>,
}

/// Mutations on getting back in.
#[derive(Default)]
pub struct RecoveryMutation;

#[Object]
impl RecoveryMutation {
    /// Sends the caller a mail with a link that verifies his address; one a minute
    /// and five a day.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn email_verification_request(
        &self,
        ctx: &Context<'_>,
    ) -> AppResult<EmailVerificationRequestPayload> {
        let principal = ctx.in_person()?;
        let recovery = ctx.service::<Recovery>()?;
        let requested = recovery.request_verification(principal.user(), principal.dealer());
        Ok(sorted(requested.await.map(User))?.into())
    }

    /// Verifies an address by the token of such a link. Needs no access token.
    #[graphql(directive = open_to_all::apply())]
    async fn email_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: EmailVerifyInput,
    ) -> AppResult<EmailVerifyPayload> {
        let verified = ctx.service::<Recovery>()?.verify(&input.token).await;
        Ok(sorted(verified.map(User))?.into())
    }

    /// Sends a mail with a link that sets another password, if a user has this
    /// address; one a minute and five a day. The answer does not tell whether there
    /// is one. Needs no access token.
    #[graphql(directive = open_to_all::apply())]
    async fn password_reset_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The address.")] input: PasswordResetRequestInput,
    ) -> AppResult<PasswordResetRequestPayload> {
        let recovery = ctx.service::<Recovery>()?;
        let requested = recovery.request_reset(&input.email, ctx.peer()?).await;
        let user_errors = sorted(requested)?.err().unwrap_or_default();
        Ok(PasswordResetRequestPayload { user_errors })
    }

    /// Sets another password by the token of such a link, which is good for 30
    /// minutes, and ends all sessions of the user. Needs no access token, and gives
    /// none: sign in with the new password.
    #[graphql(directive = open_to_all::apply())]
    async fn password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token and the password.")] input: PasswordResetInput,
    ) -> AppResult<PasswordResetPayload> {
        let (recovery, peer) = (ctx.service::<Recovery>()?, ctx.peer()?);
        let reset = recovery.reset(&input.token, input.new_password.into(), peer);
        let user = match sorted(reset.await)? {
            Ok(user) => user,
            Err(user_errors) => {
                return Ok(PasswordResetPayload {
                    device_token: None,
                    user_errors,
                });
            }
        };
        // The link has shown who he is: an attack must not keep him from signing in.
        let token = recovery.accounts().remember(user, peer)?;
        if let Some(token) = token
            .as_ref()
            .filter(|_| cookies::check_possible(ctx).is_ok())
        {
            cookies::set_device(ctx, token)?;
        }
        Ok(PasswordResetPayload {
            device_token: give(ctx, token, false)?,
            user_errors: Vec::new(),
        })
    }
}
