//! Rows and enums of users and memberships.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::auth::role::RoleCode;
use crate::db::control_tables::{memberships, users};
use crate::kernel::ids::{DealerId, UserId};

/// A user as stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct UserRow {
    /// Its id.
    pub id: UserId,
    /// Unique address, in lower case.
    pub email: String,
    /// Name of the person.
    pub name: String,
    /// argon2id, in PHC form.
    pub password_hash: String,
    /// When the user was made.
    pub created_at: DateTime<Utc>,
}

/// A membership as stored.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = memberships)]
pub struct MembershipRow {
    /// Who.
    pub user_id: UserId,
    /// Where.
    pub dealer_id: DealerId,
    /// As what.
    pub roles: Vec<RoleCode>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}
