//! Invitations as stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::auth::role::RoleCode;
use crate::db::control_tables::invitations;
use crate::kernel::ids::{DealerId, UserId, typed_id};

typed_id!(
    /// An invitation.
    InvitationId, "inv"
);

/// An invitation as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = invitations, check_for_backend(diesel::pg::Pg))]
pub struct InvitationRow {
    /// Its id.
    pub id: InvitationId,
    /// For whom to work.
    pub dealer_id: DealerId,
    /// Who is asked, in lower case.
    pub email: String,
    /// What he will be.
    pub roles: Vec<RoleCode>,
    /// Whom he will see the portal of, if it is for that.
    pub customer_id: Option<Uuid>,
    /// Who asked; none if he is gone.
    pub invited_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}
