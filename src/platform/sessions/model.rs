//! Rows and enums of sessions.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::auth::principal::{Method, Proof};
use crate::db::control_tables::sessions;
use crate::db::text_enum::text_enum;
use crate::kernel::ids::{DealerId, SessionId, UserId};

/// How long a session lives without being used.
pub const IDLE: TimeDelta = TimeDelta::days(7);
/// How long it lives at most.
pub const ABSOLUTE: TimeDelta = TimeDelta::days(30);
/// How long the refresh token before the present one still gives the present one:
/// clients refresh twice at once, and lose answers.
pub const GRACE: TimeDelta = TimeDelta::seconds(10);
/// Most sessions of one user; the one unused for longest makes room.
pub const AT_MOST: usize = 100;

text_enum! {
    /// Why a session has ended.
    pub enum EndCause {
        /// The user signed out.
        LoggedOut = "LOGGED_OUT",
        /// The user ended it from another session.
        Revoked = "REVOKED",
        /// A refresh token was used again after its time: it is in foreign hands.
        TokenReused = "TOKEN_REUSED",
        /// The user's password was changed.
        PasswordChanged = "PASSWORD_CHANGED",
        /// The user's second factor was changed.
        SecondFactorChanged = "SECOND_FACTOR_CHANGED",
        /// An operator of the platform ended it.
        Operator = "OPERATOR",
        /// The user has too many sessions.
        TooMany = "TOO_MANY",
    }
}

/// A session as stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg))]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Who signed in.
    pub user_id: UserId,
    /// Where he works at present.
    pub dealer_id: DealerId,
    /// SHA-256 of the refresh token that is good now.
    pub token_hash: Vec<u8>,
    /// What the tokens of the family are derived from.
    pub seed: Vec<u8>,
    /// The number of that token.
    pub generation: i32,
    /// Since when it is good.
    pub rotated_at: DateTime<Utc>,
    /// How the user has proven who he is.
    pub methods: String,
    /// When he has.
    pub authenticated_at: DateTime<Utc>,
    /// What his client calls itself.
    pub client_name: Option<String>,
    /// From where he signed in.
    pub address: Option<String>,
    /// When the session began.
    pub created_at: DateTime<Utc>,
    /// When it ends unless it is used before.
    pub idle_until: DateTime<Utc>,
    /// When it ends at last.
    pub expires_at: DateTime<Utc>,
    /// When it was ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why.
    pub end_cause: Option<EndCause>,
}

impl SessionRow {
    /// Whether it can be used at `now`.
    pub fn is_alive(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && now < self.ends_at()
    }

    /// When it ends unless it is used before.
    pub fn ends_at(&self) -> DateTime<Utc> {
        self.idle_until.min(self.expires_at)
    }

    /// How and when the user has proven who he is.
    pub fn proof(&self) -> Proof {
        Proof {
            methods: Method::split(&self.methods),
            at: self.authenticated_at,
        }
    }
}
