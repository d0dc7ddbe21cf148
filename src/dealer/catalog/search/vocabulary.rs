//! The words of SKUs and names, for those who slip.
//!
//! A word stays for a while when the last product with it goes (`sources::FORGOTTEN`): it is looked at
//! only where nothing else was found, and then finds nothing.

use std::collections::BTreeMap;

use super::query;
use crate::dealer::catalog::products::model::ProductRow;
use crate::error::AppResult;
use crate::kernel::words::{can_be_healed, fold, forms, words};
use crate::tenancy::TenantTx;

/// Takes the words of products that are new or have another SKU or name.
pub async fn learn(tx: &mut TenantTx, rows: &[ProductRow]) -> AppResult<()> {
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let folded = fold(&format!("{} {}", row.sku, row.name));
        for word in words(&folded).filter(|word| can_be_healed(word)) {
            known
                .entry(word.to_owned())
                .or_insert_with(|| forms(word).into_iter().collect());
        }
    }
    if known.is_empty() {
        return Ok(());
    }
    // In the order of the words, so that two who learn do not wait for each other in a circle.
    Ok(query::learn(tx, known.into_iter().collect()).await?)
}
