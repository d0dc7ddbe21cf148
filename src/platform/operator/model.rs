//! Rows of the control plane as operators see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::control_tables::{dealers, migration_failures};
use crate::kernel::ids::{DealerId, UserId};
use crate::tenancy::directory::DealerStatus;

/// A dealer with all that the directory knows of him.
#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = dealers, check_for_backend(diesel::pg::Pg))]
pub struct DealerEntry {
    /// His id.
    pub id: DealerId,
    /// The company's name.
    pub name: String,
    /// Where his rows are.
    pub schema_name: String,
    /// Where he stands in his life as a tenant.
    pub status: DealerStatus,
    /// ISO 4217 code of his books.
    pub currency: String,
    /// IANA time zone of his days.
    pub timezone: String,
    /// When he was registered.
    pub created_at: DateTime<Utc>,
    /// When his shop was first opened.
    pub activated_at: Option<DateTime<Utc>>,
    /// Newest migration in his schema.
    pub schema_version: Option<String>,
    /// Why he has his status, in an operator's words.
    pub status_reason: Option<String>,
    /// When he got it.
    pub status_changed_at: Option<DateTime<Utc>>,
    /// When his rows may go.
    pub delete_after: Option<DateTime<Utc>>,
}

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
