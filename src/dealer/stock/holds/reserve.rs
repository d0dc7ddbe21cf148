//! Promising goods and taking it back, for any document.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{ReservationId, ReservationRow, ReservationSource};
use super::query;
use crate::dealer::catalog::quantity::Asked;
use crate::dealer::stock::ledger::levels::Levels;
use crate::dealer::stock::ledger::posting::{Place, insufficient, too_large};
use crate::error::{Refusal, ServiceResult};
use crate::kernel::quantity::TOO_MUCH;
use crate::tenancy::TenantTx;

/// Goods to promise.
#[derive(Clone, Debug)]
pub struct Promise {
    /// What, and where.
    pub place: Place,
    /// How much.
    pub asked: Asked,
    /// Why, in the words of whoever does it.
    pub reason: Option<String>,
    /// The field that is at fault when there is less.
    pub path: Vec<String>,
}

/// Promises all of it to a document, or to itself if there is none; or refuses all.
pub async fn reserve(
    tx: &mut TenantTx,
    (source, document): (ReservationSource, Option<Uuid>),
    promises: Vec<Promise>,
) -> ServiceResult<Vec<ReservationRow>> {
    let places: BTreeSet<Place> = promises.iter().map(|promise| promise.place).collect();
    let mut levels = Levels::locked(tx, &places, &BTreeSet::new()).await?;
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    let now = tx.now();
    for promise in promises {
        let level = levels.at(promise.place)?;
        let wanted = promise.asked.amount.base;
        let available = level.available();
        // Goods that may go before they come may be promised before, too.
        if !level.may_be_negative && available < wanted {
            refused.push(insufficient(
                promise.place,
                &promise.path,
                (available, wanted),
            ));
            continue;
        }
        if level.reserved + wanted >= TOO_MUCH {
            refused.push(too_large(&promise.path));
            continue;
        }
        level.reserved += wanted;
        level.updated_at = level.updated_at.max(now);
        let id = ReservationId::generate();
        rows.push(ReservationRow {
            id,
            product_id: promise.place.0,
            warehouse_id: promise.place.1,
            quantity: wanted,
            open: wanted,
            unit_id: promise.asked.unit,
            unit_quantity: promise.asked.amount.value,
            source,
            source_id: document.unwrap_or_else(|| id.uuid()),
            reason: promise.reason,
            version: 1,
            created_at: now,
            updated_at: now,
        });
    }
    if !refused.is_empty() {
        return Err(Refusal::User(refused));
    }
    levels.store(tx).await?;
    query::insert(tx, &rows).await?;
    Ok(rows)
}

/// Takes back what is promised to a document and still open. Gives what was open before.
pub async fn release(tx: &mut TenantTx, document: Uuid) -> ServiceResult<Vec<ReservationRow>> {
    let promised = query::open_of(tx, document).await?;
    let places = promised
        .iter()
        .map(|row| (row.product_id, row.warehouse_id));
    let places: BTreeSet<Place> = places.collect();
    if places.is_empty() {
        return Ok(promised);
    }
    let mut levels = Levels::locked(tx, &places, &BTreeSet::new()).await?;
    let released = release_on(tx, &mut levels, document).await?;
    levels.store(tx).await?;
    Ok(released)
}

/// As [`release`], on levels that are locked already and stored by the caller.
pub async fn release_on(
    tx: &mut TenantTx,
    levels: &mut Levels,
    document: Uuid,
) -> ServiceResult<Vec<ReservationRow>> {
    // Read behind the locks: who was before may have taken some back.
    let promised = query::open_of(tx, document).await?;
    for row in &promised {
        let level = levels.at((row.product_id, row.warehouse_id))?;
        level.reserved = (level.reserved - row.open).max(Decimal::ZERO);
    }
    query::close(tx, document, tx.now()).await?;
    Ok(promised)
}
