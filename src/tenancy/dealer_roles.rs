//! The roles a dealer has made for himself, as the directory keeps them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::auth::permission::PermissionSet;
use crate::auth::principal::Principal;
use crate::auth::role::{RoleCode, RoleId};
use crate::db::control::ControlConn;
use crate::db::control_tables::roles;
use crate::db::error::DbResult;
use crate::kernel::ids::DealerId;

/// A role of one dealer, as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug, PartialEq, Eq)]
#[diesel(table_name = roles, check_for_backend(diesel::pg::Pg))]
pub struct RoleRow {
    /// Its id.
    pub id: RoleId,
    /// Whose.
    pub dealer_id: DealerId,
    /// Name for people, unique at the dealer.
    pub name: String,
    /// Who it is for.
    pub description: Option<String>,
    /// What it allows.
    pub permissions: PermissionSet,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// All roles that a dealer has made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DealerRoles(HashMap<RoleId, RoleRow>);

impl DealerRoles {
    /// One of them.
    pub fn get(&self, id: RoleId) -> Option<&RoleRow> {
        self.0.get(&id)
    }

    /// All of them by name.
    pub fn list(&self) -> Vec<RoleRow> {
        let mut rows: Vec<RoleRow> = self.0.values().cloned().collect();
        rows.sort_by_key(|row| row.name.to_lowercase());
        rows
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// What `role` allows; nothing, if it is one of the dealer's that has gone.
    pub fn permissions(&self, role: RoleCode) -> PermissionSet {
        match role {
            RoleCode::BuiltIn(role) => role.permissions(),
            RoleCode::Custom(id) => self.get(id).map_or(PermissionSet::NONE, |r| r.permissions),
        }
    }

    /// What a caller may do. One who stands for a customer has the role that sees
    /// that customer's rows only, and to nobody else is that role worth anything.
    /// Whoever calls in his name has of it what he was let have.
    pub(super) fn of(&self, principal: &Principal) -> PermissionSet {
        let is_customer = principal.customer().is_some();
        let roles = principal.roles().iter().copied();
        let all = roles
            .filter(|role| (*role == RoleCode::CUSTOMER) == is_customer)
            .map(|role| self.permissions(role))
            .fold(PermissionSet::NONE, PermissionSet::union);
        principal.narrowed(all)
    }
}

/// Reads all roles of one dealer.
pub async fn dealer_roles(conn: &mut ControlConn, dealer: DealerId) -> DbResult<DealerRoles> {
    let rows: Vec<RoleRow> = roles::table
        .filter(roles::dealer_id.eq(dealer))
        .select(RoleRow::as_select())
        .load(&mut **conn)
        .await?;
    Ok(DealerRoles(
        rows.into_iter().map(|row| (row.id, row)).collect(),
    ))
}
