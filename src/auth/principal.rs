//! The caller of a request.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::role::RoleCode;
use crate::kernel::ids::{DealerId, SessionId, UserId};

/// A user at one dealer, as proven by a verified access token.
///
/// Made by [`crate::auth::token::AccessTokens::verify`] only; a tenant context
/// needs one, so nothing unverified can reach a dealer's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub(super) user: UserId,
    pub(super) dealer: DealerId,
    pub(super) session: SessionId,
    pub(super) roles: Vec<RoleCode>,
    pub(super) customer: Option<Uuid>,
    pub(super) expires_at: DateTime<Utc>,
}

impl Principal {
    /// Who it is.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The one dealer the token is good for.
    pub const fn dealer(&self) -> DealerId {
        self.dealer
    }

    /// The session the token belongs to.
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// What he is at the dealer.
    pub fn roles(&self) -> &[RoleCode] {
        &self.roles
    }

    /// The customer for whom he stands, if he is no one of the dealer's own.
    pub const fn customer(&self) -> Option<Uuid> {
        self.customer
    }

    /// When the token stops being valid.
    pub const fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }
}
