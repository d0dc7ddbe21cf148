//! What happens to customers.

use super::model::{CustomerId, CustomerRow};
use crate::events::events;

events! {
    /// What readers learn of a customer.
    pub struct CustomerFacts {
        /// The customer.
        customer: CustomerId,
        /// Its account code.
        code: String,
        /// Its name.
        name: String,
        /// Whether nothing is sold to it.
        is_on_hold: bool,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff of customer:
    /// A customer was added.
    CustomerCreated = "customer.created", version 1;
    /// A customer or one of its contacts was changed.
    CustomerUpdated = "customer.updated", version 1;
    /// A customer was archived.
    CustomerArchived = "customer.archived", version 1;
    /// A customer was taken out of the archive.
    CustomerRestored = "customer.restored", version 1;
    /// A customer was put on hold: nothing more is sold to it.
    CustomerHeld = "customer.held", version 1;
    /// A customer's hold was lifted.
    CustomerReleased = "customer.released", version 1;
}

impl From<&CustomerRow> for CustomerFacts {
    fn from(row: &CustomerRow) -> Self {
        Self {
            customer: row.id,
            code: row.code.clone(),
            name: row.name.clone(),
            is_on_hold: row.hold_reason.is_some(),
            record_version: row.version,
        }
    }
}
