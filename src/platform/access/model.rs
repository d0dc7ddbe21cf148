//! Rows of members and what changes of roles set.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::auth::permission::PermissionSet;
use crate::db::control_tables::roles;
use crate::kernel::ids::UserId;
use crate::platform::identity::model::{MembershipRow, UserRow};
use crate::tenancy::dealer_roles::DealerRoles;

/// A membership, the person who has it, and the roles of the dealer at that moment.
#[derive(Clone)]
pub struct MemberRow {
    /// Who.
    pub user_id: UserId,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// What he is.
    pub membership: MembershipRow,
    /// The person.
    pub user: UserRow,
    /// What the dealer's own roles are.
    pub dealers: Arc<DealerRoles>,
}

impl MemberRow {
    /// The three together.
    pub const fn new(membership: MembershipRow, user: UserRow, dealers: Arc<DealerRoles>) -> Self {
        Self {
            user_id: membership.user_id,
            created_at: membership.created_at,
            membership,
            user,
            dealers,
        }
    }
}

/// What an update of a role sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = roles)]
pub(super) struct RoleChanges {
    pub(super) name: Option<String>,
    pub(super) description: Option<Option<String>>,
    pub(super) permissions: Option<PermissionSet>,
    pub(super) updated_at: DateTime<Utc>,
}
