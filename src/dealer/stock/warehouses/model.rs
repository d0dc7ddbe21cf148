//! Rows and enums of warehouses.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::tenant_tables::warehouses;
use crate::db::text_enum::text_enum;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A place where goods lie.
    WarehouseId, "whs"
);

text_enum! {
    /// What kind of place a warehouse is.
    pub enum WarehouseKind {
        /// In the open: sand, blocks, steel.
        Yard = "YARD",
        /// Under a roof.
        Store = "STORE",
        /// On the road between two places.
        Transit = "TRANSIT",
        /// On paper only.
        Virtual = "VIRTUAL",
    }
}

/// A warehouse as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = warehouses, check_for_backend(diesel::pg::Pg))]
pub struct WarehouseRow {
    /// Its id.
    pub id: WarehouseId,
    /// Unique short code.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// What kind of place it is.
    pub kind: WarehouseKind,
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
#[diesel(table_name = warehouses)]
pub struct WarehouseChanges {
    /// New code.
    pub code: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// New kind.
    pub kind: Option<WarehouseKind>,
    /// New state of the archive mark.
    pub archived_at: Option<Option<DateTime<Utc>>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}
