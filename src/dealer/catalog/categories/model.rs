//! Rows of categories.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::tenant_tables::categories;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A node of the category tree.
    CategoryId, "cat"
);

/// A category as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = categories, check_for_backend(diesel::pg::Pg))]
pub struct CategoryRow {
    /// Its id.
    pub id: CategoryId,
    /// Unique short code.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// The category above, if any.
    pub parent_id: Option<CategoryId>,
    /// When it was archived, if it was.
    pub archived_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = categories)]
pub struct CategoryChanges {
    /// New code.
    pub code: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// New parent, or none.
    pub parent_id: Option<Option<CategoryId>>,
    /// New state of the archive mark.
    pub archived_at: Option<Option<DateTime<Utc>>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}
