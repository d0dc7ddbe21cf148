//! Rows and enums of units.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::tenant_tables::units;
use crate::db::text_enum::text_enum;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A unit of measure.
    UnitId, "unt"
);

text_enum! {
    /// What a unit measures.
    pub enum UnitDimension {
        /// Pieces and packages.
        Count = "COUNT",
        /// Weight.
        Mass = "MASS",
        /// Running length.
        Length = "LENGTH",
        /// Surface.
        Area = "AREA",
        /// Volume.
        Volume = "VOLUME",
        /// Work done, such as a delivery trip.
        Service = "SERVICE",
    }
}

/// A unit as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = units, check_for_backend(diesel::pg::Pg))]
pub struct UnitRow {
    /// Its id.
    pub id: UnitId,
    /// Unique short code.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// What it measures.
    pub dimension: UnitDimension,
    /// Decimals a quantity may have.
    pub scale: i16,
    /// UN/ECE Recommendation 20 code.
    pub rec20_code: Option<String>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = units)]
pub struct UnitChanges {
    /// New name.
    pub name: Option<String>,
    /// New UN/ECE Recommendation 20 code, or none.
    pub rec20_code: Option<Option<String>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}
