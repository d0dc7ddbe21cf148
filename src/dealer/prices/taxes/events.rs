//! What happens to tax rates.

use super::model::{TaxClassId, TaxRateId, TaxRateRow};
use crate::events::events;

events! {
    /// What readers learn of a tax rate.
    pub struct TaxRateFacts {
        /// The rate.
        tax_rate: TaxRateId,
        /// Its class.
        tax_class: TaxClassId,
        /// Where it holds; empty for wherever no rate of its own holds.
        region: String,
        /// In percent.
        rate: String,
        /// The first day, as in 2026-11-22.
        valid_from: String,
    }
    for Staff:
    /// A tax rate was set.
    TaxRateSet = "tax_rate.set", version 1;
}

impl From<&TaxRateRow> for TaxRateFacts {
    fn from(row: &TaxRateRow) -> Self {
        Self {
            tax_rate: row.id,
            tax_class: row.tax_class_id,
            region: row.region.clone(),
            rate: row.rate.normalize().to_string(),
            valid_from: row.valid_from.to_string(),
        }
    }
}
