//! What can be done with second factors.

use async_graphql::{Context, Object};

use super::account::{Again, Factors};
use super::input::{
    BackupCodesPayload, BackupCodesRegenerateInput, DealerSecondFactorSetInput, LoginVerifyInput,
    NewAccessPayload, StepUpInput, TotpConfirmInput, TotpConfirmPayload, TotpDisableInput,
    TotpEnrolInput, TotpEnrolPayload,
};
use crate::error::{AppError, AppResult};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{
    AnyCaller, Permission as P, for_any_caller, has_permission, open_to_all,
};
use crate::graphql::refused::sorted;
use crate::platform::identity::graphql::LoginPayload;
use crate::platform::sessions::cookies;

/// Mutations on second factors.
#[derive(Default)]
pub struct FactorMutation;

#[Object]
impl FactorMutation {
    /// Finishes a login that was answered with a challenge. Needs no access token.
    /// After five codes, or five minutes, it is over.
    #[graphql(directive = open_to_all::apply())]
    async fn login_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The challenge, and a code.")] input: LoginVerifyInput,
    ) -> AppResult<LoginPayload> {
        if input.cookies {
            cookies::check_possible(ctx)?;
        }
        let factors = ctx.service::<Factors>()?;
        let peer = ctx.peer()?.clone();
        let peer = peer.with_device(input.device_token.as_deref());
        let opened = factors.answer(input.challenge_id, &input.code, &peer);
        match sorted(opened.await)? {
            Ok(opened) => LoginPayload::signed_in(ctx, opened, &peer, input.cookies),
            Err(user_errors) => Ok(LoginPayload {
                user_errors,
                ..LoginPayload::default()
            }),
        }
    }

    /// Begins to set up an authenticator: shows the secret to put into it. The one
    /// in use, if there is one, stays until totpConfirm. Needs a fresh proof (stepUp),
    /// or the challenge of a login that asks for it.
    #[graphql(directive = open_to_all::apply())]
    async fn totp_enrol(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "For whom, where nobody is signed in.",
            default_with = "TotpEnrolInput { challenge_id: None }"
        )]
        input: TotpEnrolInput,
    ) -> AppResult<TotpEnrolPayload> {
        let factors = ctx.service::<Factors>()?;
        let begun = match input.challenge_id {
            Some(id) => factors.enrol_to_sign_in(id).await,
            None => factors.enrol(ctx.in_person()?).await,
        };
        Ok(sorted(begun)?.into())
    }

    /// Takes the authenticator of totpEnrol into use, by its first code, and shows
    /// the backup codes for the only time. All other sessions of the user end, and
    /// the present access token is replaced.
    #[graphql(directive = open_to_all::apply())]
    async fn totp_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first code.")] input: TotpConfirmInput,
    ) -> AppResult<TotpConfirmPayload> {
        if input.cookies {
            cookies::check_possible(ctx)?;
        }
        let factors = ctx.service::<Factors>()?;
        let peer = ctx.peer()?.clone();
        let peer = &peer.with_device(input.device_token.as_deref());
        let Some(id) = input.challenge_id else {
            let confirmed = factors.confirm(ctx.in_person()?, &input.code, peer);
            return match sorted(confirmed.await)? {
                Ok((codes, access)) => TotpConfirmPayload::went_on(ctx, &codes, &access),
                Err(user_errors) => Ok(TotpConfirmPayload::refused(user_errors)),
            };
        };
        let confirmed = factors.confirm_to_sign_in(id, &input.code, peer);
        match sorted(confirmed.await)? {
            Ok((codes, opened)) => {
                let login = LoginPayload::signed_in(ctx, opened, peer, input.cookies)?;
                Ok(TotpConfirmPayload::began(&codes, login))
            }
            Err(user_errors) => Ok(TotpConfirmPayload::refused(user_errors)),
        }
    }

    /// Does without an authenticator from now on; the backup codes are void. Needs a
    /// code or a fresh proof (stepUp). All other sessions of the user end, and the
    /// present access token is replaced.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn totp_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "A code, unless the proof is fresh.",
            default_with = "TotpDisableInput { code: None }"
        )]
        input: TotpDisableInput,
    ) -> AppResult<NewAccessPayload> {
        let factors = ctx.service::<Factors>()?;
        let (principal, peer) = (ctx.in_person()?, ctx.peer()?);
        let disabled = factors.disable(principal, input.code.as_deref(), peer);
        NewAccessPayload::of(ctx, sorted(disabled.await)?)
    }

    /// Makes ten new backup codes and shows them for the only time; those before
    /// are void. Needs a code or a fresh proof (stepUp).
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn backup_codes_regenerate(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "A code, unless the proof is fresh.",
            default_with = "BackupCodesRegenerateInput { code: None }"
        )]
        input: BackupCodesRegenerateInput,
    ) -> AppResult<BackupCodesPayload> {
        let factors = ctx.service::<Factors>()?;
        let (principal, peer) = (ctx.in_person()?, ctx.peer()?);
        let codes = factors.renew_codes(principal, input.code.as_deref(), peer);
        Ok(BackupCodesPayload::of(sorted(codes.await)?))
    }

    /// Proves anew who is at work in this session, which mutations of consequence ask
    /// for: by a code, or by the password where the user has no second factor. Good
    /// for ten minutes; a code by SMS not for what changes the authenticator.
    /// Replaces the present access token.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn step_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password or a code.")] input: StepUpInput,
    ) -> AppResult<NewAccessPayload> {
        let again = match (input.code, input.password) {
            (Some(code), _) => Again::Code(code),
            (None, Some(password)) => Again::Password(password.into()),
            (None, None) => {
                return Err(AppError::bad_input("input", "send a password or a code"));
            }
        };
        let factors = ctx.service::<Factors>()?;
        let proven = factors.step_up(ctx.in_person()?, again, ctx.peer()?);
        NewAccessPayload::of(ctx, sorted(proven.await)?)
    }

    /// Says whether the dealer lets nobody work without a second factor. When he
    /// begins to, whoever has none is asked to set one up when he signs in next, and
    /// his tokens are refused at once. Needs a fresh proof (stepUp).
    #[graphql(guard = P::SecurityManage, directive = has_permission::apply(P::SecurityManage))]
    async fn dealer_second_factor_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What signing in needs.")] input: DealerSecondFactorSetInput,
    ) -> AppResult<NewAccessPayload> {
        let principal = ctx.in_person()?;
        let factors = ctx.service::<Factors>()?;
        let set = factors.set_required(principal, input.required, ctx.peer()?);
        NewAccessPayload::of(ctx, sorted(set.await)?)
    }
}
