//! Writing down what a book of lots has worked out.

use std::collections::HashMap;

use super::book::LotBook;
use super::events::LotCame;
use super::model::{LotId, LotLevelRow, LotRow};
use super::query;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

impl LotBook {
    /// Writes lots, their levels, and their parts of the movements, which are written already.
    pub async fn write(self, tx: &mut TenantTx) -> ServiceResult<()> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let shelves = &self.shelves;
        let level = |(product, warehouse, lot): &(_, _, LotId)| LotLevelRow {
            lot_id: *lot,
            warehouse_id: *warehouse,
            on_hand: shelves
                .get(&(*product, *warehouse))
                .map(|shelf| shelf.of(*lot))
                .unwrap_or_default(),
        };
        let mut levels: Vec<_> = self.changed.iter().map(level).collect();
        let mut entries = self.entries;
        let known = bring(tx, self.new).await?;
        let lots = levels.iter_mut().map(|row| &mut row.lot_id);
        for lot in lots.chain(entries.iter_mut().map(|row| &mut row.lot_id)) {
            *lot = known.get(lot).copied().unwrap_or(*lot);
        }
        query::store(tx, levels).await?;
        Ok(query::insert_parts(tx, entries).await?)
    }
}

/// Adds lots. Somebody may have brought the same one to another place meanwhile: gives the ids
/// under which they are known, where they differ.
async fn bring(tx: &mut TenantTx, mut new: Vec<LotRow>) -> ServiceResult<HashMap<LotId, LotId>> {
    let mut known = HashMap::new();
    if new.is_empty() {
        return Ok(known);
    }
    // In the order of their keys, so that two who bring the same ones do not wait in a circle.
    new.sort_by(|one, other| (one.product_id, &one.code).cmp(&(other.product_id, &other.code)));
    let found = query::bring(tx, new.clone()).await?;
    let found: HashMap<_, _> = found
        .into_iter()
        .map(|row| ((row.product_id, row.code.clone()), row))
        .collect();
    for lot in new {
        match found.get(&(lot.product_id, lot.code.clone())) {
            Some(other) if other.id != lot.id => {
                if other.expires_on != lot.expires_on {
                    let message = other.known_to_expire();
                    return Err(UserError::at(ErrorCode::Conflict, &["input"], message).into());
                }
                known.insert(lot.id, other.id);
            }
            _ => tx.emit(&LotCame((&lot).into())),
        }
    }
    Ok(known)
}
