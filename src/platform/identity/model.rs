//! Rows and enums of users and memberships.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::auth::role::RoleCode;
use crate::db::control_tables::{memberships, users};
use crate::kernel::ids::{CustomerId, DealerId, UserId};

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
    /// Access tokens of an older epoch are refused.
    pub epoch: i64,
    /// When he last showed that mail to his address reaches him.
    pub email_verified_at: Option<DateTime<Utc>>,
}

/// A membership as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = memberships, check_for_backend(diesel::pg::Pg))]
pub struct MembershipRow {
    /// Who.
    pub user_id: UserId,
    /// Where.
    pub dealer_id: DealerId,
    /// As what.
    pub roles: Vec<RoleCode>,
    /// For which customer, if he is one of the contractor portal.
    pub customer_id: Option<CustomerId>,
    /// Counts changes.
    pub version: i32,
    /// Since when.
    pub created_at: DateTime<Utc>,
}
