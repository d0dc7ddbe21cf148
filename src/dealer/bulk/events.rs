//! What happens to bulk operations.

use super::model::{BulkOperationId, BulkOperationRow};
use crate::events::events;

events! {
    /// What readers learn of a bulk operation.
    pub struct BulkOperationFacts {
        /// The operation.
        bulk_operation: BulkOperationId,
        /// IMPORT or EXPORT.
        direction: String,
        /// What the lines are.
        kind: String,
        /// Where it stands.
        state: String,
    }
    for Staff:
    /// An import or export has come further; told once a second at most.
    BulkOperationAdvanced = "bulk_operation.advanced", version 1;
    /// An import or export is over.
    BulkOperationEnded = "bulk_operation.ended", version 1;
}

impl From<&BulkOperationRow> for BulkOperationFacts {
    fn from(row: &BulkOperationRow) -> Self {
        Self {
            bulk_operation: row.id,
            direction: row.direction.as_str().to_owned(),
            kind: row.kind.as_str().to_owned(),
            state: row.state.as_str().to_owned(),
        }
    }
}
