//! What can be read of second factors.

use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::account::Factors;
use super::model::ChallengeRow;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{AnyCaller, for_any_caller, open_to_all};
use crate::kernel::ids::UserId;

/// What a sign-in waits for.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeMethod {
    /// The present code of the user's authenticator, by loginVerify.
    Totp,
    /// One of the backup codes, by loginVerify.
    BackupCode,
    /// A code sent to the user's telephone by challengeCodeSend, by loginVerify.
    Sms,
    /// An authenticator to be set up, by totpEnrol and totpConfirm.
    Enrolment,
}

/// A sign-in whose password was right, and that needs a second factor.
#[derive(SimpleObject)]
#[graphql(complex, directive = open_to_all::apply())]
pub struct LoginChallenge {
    /// Opaque id; send it with the code.
    id: ID,
    /// Until when; it may be tried five times.
    expires_at: DateTime<Utc>,
    #[graphql(skip)]
    user: UserId,
    #[graphql(skip)]
    is_enrolment: bool,
}

#[ComplexObject]
impl LoginChallenge {
    /// How to go on.
    async fn methods(&self, ctx: &Context<'_>) -> AppResult<Vec<ChallengeMethod>> {
        if self.is_enrolment {
            return Ok(vec![ChallengeMethod::Enrolment]);
        }
        let factors = ctx.service::<Factors>()?;
        let ways = factors.ways(self.user).await?;
        let mut methods = Vec::new();
        if ways.authenticator {
            methods.extend([ChallengeMethod::Totp, ChallengeMethod::BackupCode]);
        }
        if ways.phone && factors.has_sms() {
            methods.push(ChallengeMethod::Sms);
        }
        Ok(methods)
    }
}

impl From<&ChallengeRow> for LoginChallenge {
    fn from(row: &ChallengeRow) -> Self {
        Self {
            id: row.id.into(),
            expires_at: row.expires_at,
            user: row.user_id,
            is_enrolment: row.is_enrolment,
        }
    }
}

/// How the caller stands with his second factor.
#[derive(SimpleObject)]
#[graphql(directive = open_to_all::apply())]
pub struct SecondFactor {
    /// Whether he has an authenticator or a telephone, without which he can not sign
    /// in.
    is_on: bool,
    /// Since when he has an authenticator; null without one.
    confirmed_at: Option<DateTime<Utc>>,
    /// His telephone, all digits masked but the first and last two; null without one.
    phone: Option<String>,
    /// Whether codes can be sent by SMS; if not, offer no telephone.
    sms_available: bool,
    /// How many of his backup codes are left.
    backup_codes_left: i64,
    /// Whether the dealer lets nobody work without a second factor.
    is_required: bool,
}

/// Queries on second factors.
#[derive(Default)]
pub struct FactorQuery;

#[Object]
impl FactorQuery {
    /// How the caller stands with his second factor.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn second_factor(&self, ctx: &Context<'_>) -> AppResult<SecondFactor> {
        let user = ctx.in_person()?.user();
        let factors = ctx.service::<Factors>()?;
        let overview = factors.overview(user).await?;
        let dealer = ctx.scope()?.context()?.dealer();
        Ok(SecondFactor {
            is_on: overview.confirmed_at.is_some() || overview.phone.is_some(),
            confirmed_at: overview.confirmed_at,
            phone: overview.phone,
            sms_available: factors.has_sms(),
            backup_codes_left: overview.codes_left,
            is_required: dealer.second_factor_required,
        })
    }
}
