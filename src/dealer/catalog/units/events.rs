//! What happens to units of measure.

use super::model::{UnitId, UnitRow};
use crate::events::events;

events! {
    /// What readers learn of a unit.
    pub struct UnitFacts {
        /// The unit.
        unit: UnitId,
        /// Its code.
        code: String,
        /// Its name.
        name: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Everybody:
    /// A unit of measure was added.
    UnitCreated = "unit.created", version 1;
    /// A unit of measure was changed.
    UnitUpdated = "unit.updated", version 1;
}

impl From<&UnitRow> for UnitFacts {
    fn from(row: &UnitRow) -> Self {
        Self {
            unit: row.id,
            code: row.code.clone(),
            name: row.name.clone(),
            record_version: row.version,
        }
    }
}
