//! Rows of impersonations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::control_tables::impersonations;
use crate::kernel::ids::{DealerId, SessionId, UserId};

/// An impersonation as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = impersonations, check_for_backend(diesel::pg::Pg))]
pub struct ImpersonationRow {
    /// The session in its token.
    pub id: SessionId,
    /// Whose shop.
    pub dealer_id: DealerId,
    /// As which of his users.
    pub user_id: UserId,
    /// Which operator.
    pub operator: String,
    /// Why, in his words.
    pub reason: String,
    /// Whether he could look only.
    pub read_only: bool,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When its token ends.
    pub expires_at: DateTime<Utc>,
    /// When it was ended before that.
    pub ended_at: Option<DateTime<Utc>>,
    /// By whom.
    pub ended_by: Option<String>,
}

impl ImpersonationRow {
    /// Whether its token is good at `now`.
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }
}
