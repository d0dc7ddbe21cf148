//! What can be read of second factors.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::account::Factors;
use super::model::ChallengeRow;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{AnyCaller, for_any_caller, open_to_all};

/// What a sign-in waits for.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeMethod {
    /// The present code of the user's authenticator, by loginVerify.
    Totp,
    /// One of the backup codes, by loginVerify.
    BackupCode,
    /// An authenticator to be set up, by totpEnrol and totpConfirm.
    Enrolment,
}

/// A sign-in whose password was right, and that needs a second factor.
#[derive(SimpleObject)]
#[graphql(directive = open_to_all::apply())]
pub struct LoginChallenge {
    /// Opaque id; send it with the code.
    id: ID,
    /// How to go on.
    methods: Vec<ChallengeMethod>,
    /// Until when; it may be tried five times.
    expires_at: DateTime<Utc>,
}

impl From<&ChallengeRow> for LoginChallenge {
    fn from(row: &ChallengeRow) -> Self {
        Self {
            id: row.id.into(),
            methods: if row.is_enrolment {
                vec![ChallengeMethod::Enrolment]
            } else {
                vec![ChallengeMethod::Totp, ChallengeMethod::BackupCode]
            },
            expires_at: row.expires_at,
        }
    }
}

/// How the caller stands with his second factor.
#[derive(SimpleObject)]
#[graphql(directive = open_to_all::apply())]
pub struct SecondFactor {
    /// Whether he has an authenticator, without which he can not sign in.
    is_on: bool,
    /// Since when.
    confirmed_at: Option<DateTime<Utc>>,
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
        let user = ctx.principal()?.user();
        let overview = ctx.service::<Factors>()?.overview(user).await?;
        let dealer = ctx.scope()?.context()?.dealer();
        Ok(SecondFactor {
            is_on: overview.confirmed_at.is_some(),
            confirmed_at: overview.confirmed_at,
            backup_codes_left: overview.codes_left,
            is_required: dealer.second_factor_required,
        })
    }
}
