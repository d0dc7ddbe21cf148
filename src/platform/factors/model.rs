//! Rows of second factors.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::auth::principal::Method;
use crate::db::control_tables::{login_challenges, totp_factors};
use crate::kernel::ids::{DealerId, UserId, typed_id};

/// How long a sign-in waits for a code.
pub const CHALLENGE: TimeDelta = TimeDelta::minutes(5);
/// How long an authenticator may take to be set up.
pub const ENROLMENT: TimeDelta = TimeDelta::minutes(15);
/// How long a proof is good for what needs a fresh one.
pub const FRESH: TimeDelta = TimeDelta::minutes(10);
/// Most codes shown at one sign-in.
pub const TRIES: i32 = 5;
/// Most codes of one user without a right one among them, and within which time.
pub const TRIES_OF_USER: i32 = 10;
/// See [`TRIES_OF_USER`].
pub const TRIES_WINDOW: TimeDelta = TimeDelta::hours(1);
/// Most sign-ins of one user that wait; the oldest makes room.
pub const CHALLENGES: i64 = 50;

typed_id!(
    /// A sign-in that waits for a second factor.
    ChallengeId, "chl"
);

/// A user's authenticator as stored.
#[derive(Queryable, Selectable, Clone)]
#[diesel(table_name = totp_factors, check_for_backend(diesel::pg::Pg))]
pub struct FactorRow {
    /// The secret in use, sealed.
    pub secret_sealed: Option<Vec<u8>>,
    /// Since when.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The latest step whose code was accepted.
    pub last_step: i64,
    /// A secret that is being set up, sealed.
    pub pending_sealed: Option<Vec<u8>>,
    /// Until when it may be confirmed.
    pub pending_until: Option<DateTime<Utc>>,
}

/// A waiting sign-in as stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = login_challenges, check_for_backend(diesel::pg::Pg))]
pub struct ChallengeRow {
    /// Its id.
    pub id: ChallengeId,
    /// Who signs in.
    pub user_id: UserId,
    /// Where.
    pub dealer_id: DealerId,
    /// The user's epoch when it was made; a change of his account ends it.
    pub user_epoch: i64,
    /// How he has proven who he is so far.
    pub methods: String,
    /// Whether it waits for an authenticator to be set up, not for a code.
    pub is_enrolment: bool,
    /// Codes shown.
    pub tries: i32,
    /// Until when it waits.
    pub expires_at: DateTime<Utc>,
    /// When it was met.
    pub used_at: Option<DateTime<Utc>>,
}

impl FactorRow {
    /// The secret that may be confirmed at `now`.
    pub fn pending(&self, now: DateTime<Utc>) -> Option<&[u8]> {
        let is_alive = self.pending_until.is_some_and(|until| now < until);
        self.pending_sealed.as_deref().filter(|_| is_alive)
    }
}

impl ChallengeRow {
    /// The methods with which the session begins, if the second is an authenticator.
    pub fn all_methods(&self) -> Vec<Method> {
        self.methods_and(Method::Otp)
    }

    /// The methods with which the session begins, if this is the second.
    pub fn methods_and(&self, second: Method) -> Vec<Method> {
        let mut methods = Method::split(&self.methods);
        methods.push(second);
        methods
    }
}
