//! What whoever has ordered an import may do, as far as single columns ask for it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::model::BulkKind;
use super::sheets::Refused;
use crate::error::ErrorCode;
use crate::graphql::permit::Permission;
use crate::tenancy::TenantContext;

/// Permissions that columns take, by name: a job is told of them when it is ordered, since
/// its own actor is the system.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(transparent)]
pub struct May(BTreeSet<String>);

impl May {
    /// Those that the caller has of what columns of this kind take.
    pub fn of(kind: BulkKind, context: &TenantContext) -> Self {
        let has = |needed: &&Permission| context.permissions().contains(**needed);
        Self::some(kind.of_columns().iter().filter(has).copied())
    }

    /// These.
    pub fn some(permissions: impl IntoIterator<Item = Permission>) -> Self {
        let names = permissions.into_iter();
        Self(names.map(|has| has.as_str().to_owned()).collect())
    }

    /// Refuses a column that takes what he may not do.
    pub fn check(&self, column: &str, needed: Permission) -> Result<(), Refused> {
        if self.0.contains(needed.as_str()) {
            return Ok(());
        }
        let message = format!("this column takes the permission {needed}: leave it out");
        Err(Refused::at(ErrorCode::Forbidden, column, message))
    }
}
