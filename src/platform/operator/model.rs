//! Rows of the control plane as operators see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::control_tables::migration_failures;
use crate::kernel::ids::{DealerId, UserId};
use crate::tenancy::directory::DealerStatus;

/// An owner of a dealer. His password hash stays where it is.
#[derive(Queryable, Clone, Debug)]
pub struct OwnerRow {
    /// Whose owner.
    pub dealer: DealerId,
    /// Who.
    pub user: UserId,
    /// Address he signs in with.
    pub email: String,
    /// Name of the person.
    pub name: String,
}

/// A dealer whose last migration failed.
#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = migration_failures, check_for_backend(diesel::pg::Pg))]
pub struct FailureRow {
    /// Who.
    pub dealer_id: DealerId,
    /// What the database said.
    pub cause: String,
    /// When.
    pub failed_at: DateTime<Utc>,
}

/// How many rows of the directory have a status.
#[derive(Queryable, Clone, Copy, Debug)]
pub struct StatusCount {
    /// The status.
    pub status: DealerStatus,
    /// Rows with it.
    pub rows: i64,
    /// Those of them whose schema is whole.
    pub whole: i64,
}
