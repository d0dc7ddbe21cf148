//! What happens to price rules.

use super::model::{PriceRuleId, PriceRuleRow};
use crate::events::events;

events! {
    /// What readers learn of a price rule.
    pub struct PriceRuleFacts {
        /// The rule.
        price_rule: PriceRuleId,
        /// Id of the price list, customer or job whose rule it is; empty if it is everybody's.
        holder: String,
        /// Id of the product or category that it prices.
        target: String,
        /// The first day, as in 2026-11-22.
        valid_from: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff:
    /// A price rule was added or changed.
    PriceRuleSet = "price_rule.set", version 1;
    /// A price rule was given an end, or removed before it began.
    PriceRuleEnded = "price_rule.ended", version 1;
}

impl From<&PriceRuleRow> for PriceRuleFacts {
    fn from(row: &PriceRuleRow) -> Self {
        let job = row.job_id.map(|id| id.to_string());
        let customer = row.customer_id.map(|id| id.to_string());
        let list = row.price_list_id.map(|id| id.to_string());
        let product = row.product_id.map(|id| id.to_string());
        let category = row.category_id.map(|id| id.to_string());
        Self {
            price_rule: row.id,
            holder: job.or(customer).or(list).unwrap_or_default(),
            target: product.or(category).unwrap_or_default(),
            valid_from: row.valid_from.to_string(),
            record_version: row.version,
        }
    }
}
