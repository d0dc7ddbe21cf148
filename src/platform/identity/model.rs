//! Rows and enums of users and memberships.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::auth::role::RoleCode;
use crate::db::control_tables::{memberships, users};
use crate::db::text_enum::text_enum;
use crate::kernel::ids::{DealerId, UserId};

text_enum! {
    /// What a user is at a dealer.
    pub enum MembershipRole {
        /// May do everything.
        Owner = "OWNER",
    }
}

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
    pub role: MembershipRole,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

impl MembershipRow {
    /// What the user is at the dealer, as tokens say it.
    pub fn roles(&self) -> Vec<RoleCode> {
        match self.role {
            MembershipRole::Owner => vec![RoleCode::OWNER],
        }
    }
}
