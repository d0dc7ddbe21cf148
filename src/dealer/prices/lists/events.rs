//! What happens to price lists.

use super::model::{PriceListId, PriceListRow};
use crate::events::events;

events! {
    /// What readers learn of a price list.
    pub struct PriceListFacts {
        /// The list.
        price_list: PriceListId,
        /// Its code.
        code: String,
        /// Its name.
        name: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff:
    /// A price list was added.
    PriceListCreated = "price_list.created", version 1;
    /// A price list was changed.
    PriceListUpdated = "price_list.updated", version 1;
    /// A price list was archived.
    PriceListArchived = "price_list.archived", version 1;
}

impl From<&PriceListRow> for PriceListFacts {
    fn from(row: &PriceListRow) -> Self {
        Self {
            price_list: row.id,
            code: row.code.clone(),
            name: row.name.clone(),
            record_version: row.version,
        }
    }
}
