//! What can be done with telephones as second factors.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::codes::CodeSent;
use crate::error::{AppResult, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{AnyCaller, for_any_caller, open_to_all};
use crate::graphql::refused::sorted;
use crate::platform::factors::account::Factors;
use crate::platform::factors::input::{NewAccessPayload, Outcome};
use crate::platform::factors::model::ChallengeId;
use crate::platform::outcome;

/// Which telephone to set up.
#[derive(InputObject)]
pub struct PhoneEnrolInput {
    /// Its number with the country, such as `+84 91 234 56 78`.
    pub phone: String,
}

/// The first code of a telephone.
#[derive(InputObject)]
pub struct PhoneConfirmInput {
    /// The code that phoneEnrol has sent.
    #[graphql(secret)]
    pub code: String,
}

/// By what the telephone is given up.
#[derive(InputObject)]
pub struct PhoneRemoveInput {
    /// The present code of the authenticator, a backup code, or the one that
    /// stepUpCodeSend has sent.
    #[graphql(secret)]
    pub code: Option<String>,
}

/// Which sign-in is to be finished.
#[derive(InputObject)]
pub struct ChallengeCodeSendInput {
    /// The challenge that login gave, with `SMS` among its methods.
    pub challenge_id: ChallengeId,
}

/// Result of a mutation that sends a code by SMS.
#[derive(SimpleObject, Default)]
pub struct CodeSentPayload {
    /// To where, all digits masked but the first and last two; null if refused.
    pub sent_to: Option<String>,
    /// Until when the code is good. One asked for later takes its place.
    pub expires_at: Option<DateTime<Utc>>,
    /// What to mend before trying again; empty on success. `LIMIT_EXCEEDED` says when
    /// another code may be sent: one a minute, five an hour, ten a day.
    pub user_errors: Vec<UserError>,
}

impl From<Outcome<CodeSent>> for CodeSentPayload {
    fn from(sent: Outcome<CodeSent>) -> Self {
        match sent {
            Ok(sent) => Self {
                sent_to: Some(sent.to),
                expires_at: Some(sent.expires_at),
                user_errors: Vec::new(),
            },
            Err(user_errors) => Self {
                user_errors,
                ..Self::default()
            },
        }
    }
}

/// Mutations on telephones.
#[derive(Default)]
pub struct PhoneMutation;

#[Object]
impl PhoneMutation {
    /// Begins to set a telephone up as a second factor, by sending it a code. The one
    /// in use, if there is one, stays until phoneConfirm. Needs a fresh proof
    /// (stepUp), by the authenticator where there is one.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn phone_enrol(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which telephone.")] input: PhoneEnrolInput,
    ) -> AppResult<CodeSentPayload> {
        let factors = ctx.service::<Factors>()?;
        let (principal, peer) = (ctx.in_person()?, ctx.peer()?);
        outcome(factors.phone_enrol(principal, &input.phone, peer).await)
    }

    /// Takes the telephone of phoneEnrol into use, by the code that was sent to it. All
    /// other sessions of the user end, and the present access token is replaced. He
    /// is told by mail.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn phone_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code.")] input: PhoneConfirmInput,
    ) -> AppResult<NewAccessPayload> {
        let factors = ctx.service::<Factors>()?;
        let (principal, peer) = (ctx.in_person()?, ctx.peer()?);
        let confirmed = factors.phone_confirm(principal, &input.code, peer);
        NewAccessPayload::of(ctx, sorted(confirmed.await)?)
    }

    /// Does without the telephone from now on. Needs a code or a fresh proof (stepUp).
    /// All other sessions of the user end, and the present access token is replaced.
    /// He is told by mail.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn phone_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "A code, unless the proof is fresh.",
            default_with = "PhoneRemoveInput { code: None }"
        )]
        input: PhoneRemoveInput,
    ) -> AppResult<NewAccessPayload> {
        let factors = ctx.service::<Factors>()?;
        let (principal, peer) = (ctx.in_person()?, ctx.peer()?);
        let removed = factors.phone_remove(principal, input.code.as_deref(), peer);
        NewAccessPayload::of(ctx, sorted(removed.await)?)
    }

    /// Sends a code by SMS to the telephone of who signs in, for loginVerify. Needs no
    /// access token.
    #[graphql(directive = open_to_all::apply())]
    async fn challenge_code_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sign-in.")] input: ChallengeCodeSendInput,
    ) -> AppResult<CodeSentPayload> {
        let factors = ctx.service::<Factors>()?;
        let sent = factors.send_to_sign_in(input.challenge_id, ctx.peer()?);
        outcome(sent.await)
    }

    /// Sends a code by SMS to the caller's telephone, for stepUp or phoneRemove.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn step_up_code_send(&self, ctx: &Context<'_>) -> AppResult<CodeSentPayload> {
        let factors = ctx.service::<Factors>()?;
        let sent = factors.send_to_step_up(ctx.in_person()?, ctx.peer()?);
        outcome(sent.await)
    }
}
