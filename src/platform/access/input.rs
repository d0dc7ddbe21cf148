//! Inputs of members and roles: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use diesel::prelude::*;

use super::query::MemberCondition;
use crate::auth::role::{RoleCode, RoleId};
use crate::db::control_tables::memberships;
use crate::error::{AppError, AppResult};
use crate::graphql::filter::{Where, nested_where};
use crate::kernel::ids::{CustomerId, UserId};

/// A role of the dealer's own.
#[derive(InputObject, Debug)]
pub struct RoleCreateInput {
    /// Name for people, unlike those of all other roles.
    pub name: String,
    /// Who it is for, at most 500 characters.
    pub description: Option<String>,
    /// What it allows, by names out of `permissions`. What these include comes with
    /// them. You must have them yourself.
    pub permissions: Vec<String>,
}

/// What to change; absent fields keep their value. Counts at once for all who have
/// the role.
#[derive(InputObject, Debug)]
pub struct RoleUpdateInput {
    /// Which of the dealer's own roles.
    pub id: RoleId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New name.
    pub name: Option<String>,
    /// New description; null clears it.
    pub description: MaybeUndefined<String>,
    /// All that it shall allow. What you add or take away you must have yourself.
    pub permissions: Option<Vec<String>>,
}

/// Which role to delete; nobody may have it any more.
#[derive(InputObject, Debug)]
pub struct RoleDeleteInput {
    /// Which of the dealer's own roles.
    pub id: RoleId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
}

/// What a member shall be.
#[derive(InputObject, Debug)]
pub struct MemberRolesSetInput {
    /// Which member.
    pub user_id: UserId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// All his roles, 1 to 20: codes of built-in ones, ids of the dealer's own. What
    /// you add or take away must allow nothing that you may not do yourself.
    pub roles: Vec<async_graphql::ID>,
    /// With the role customer, which allows no other beside it: for whom he stands.
    pub customer_id: Option<CustomerId>,
}

/// Whose membership to end.
#[derive(InputObject, Debug)]
pub struct MemberRemoveInput {
    /// Which member.
    pub user_id: UserId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
}

/// Which members to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct MemberWhere {
    /// Has this role, by its id.
    pub role: Option<async_graphql::ID>,
    /// Stands for this customer.
    pub customer_id: Option<CustomerId>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<MemberWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<MemberWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<MemberWhere>>,
}

impl Where for MemberWhere {
    type Table = memberships::table;

    fn own(&self) -> AppResult<Vec<MemberCondition>> {
        let mut conditions: Vec<MemberCondition> = Vec::new();
        if let Some(role) = &self.role {
            let role: RoleCode = role
                .parse()
                .map_err(|_| AppError::bad_input("role", "there is no such role"))?;
            conditions.push(Box::new(memberships::roles.contains(vec![role]).nullable()));
        }
        if let Some(customer) = self.customer_id {
            conditions.push(Box::new(memberships::customer_id.eq(customer).nullable()));
        }
        Ok(conditions)
    }

    nested_where!();
}
