//! Promising goods and taking it back, for any document.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{ReservationId, ReservationRow, ReservationSource};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::catalog::quantity::Asked;
use crate::dealer::stock::ledger::levels::Levels;
use crate::dealer::stock::ledger::posting::{Place, insufficient, too_large};
use crate::error::{AppResult, Refusal, ServiceResult, UserError};
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
    let promises = promises.into_iter().map(|promise| (document, promise));
    let made = promise_on(&mut levels, source, promises.collect(), tx.now())?;
    if !made.short.is_empty() {
        let short = made.short.iter().map(Short::refusal);
        return Err(Refusal::User(short.collect()));
    }
    levels.store(tx).await?;
    keep(tx, &made.rows).await?;
    Ok(made.rows)
}

/// What came of promising goods.
#[derive(Debug, Default)]
pub struct Promised {
    /// What is promised now, to be kept.
    pub rows: Vec<ReservationRow>,
    /// What could not be.
    pub short: Vec<Short>,
}

/// A promise that could not be made.
#[derive(Clone, Debug)]
pub struct Short {
    /// The promise.
    pub promise: Promise,
    /// To which document.
    pub document: Option<Uuid>,
    /// What is available; none if the promise is too large for anything.
    pub available: Option<Decimal>,
}

impl Short {
    /// As a refusal.
    pub fn refusal(&self) -> UserError {
        let (promise, wanted) = (&self.promise, self.promise.asked.amount.base);
        match self.available {
            Some(available) => insufficient(promise.place, &promise.path, (available, wanted)),
            None => too_large(&promise.path),
        }
    }
}

/// Promises goods each to its document on levels that are locked, one after the other; those
/// for which there is too little are told, and leave all as it was.
pub fn promise_on(
    levels: &mut Levels,
    source: ReservationSource,
    promises: Vec<(Option<Uuid>, Promise)>,
    now: DateTime<Utc>,
) -> AppResult<Promised> {
    let mut made = Promised::default();
    for (document, promise) in promises {
        let (wanted, level) = (promise.asked.amount.base, levels.get(promise.place)?);
        let available = level.available();
        // Goods that may go before they come may be promised before, too.
        let is_short = !level.may_be_negative && available < wanted;
        if is_short || level.reserved + wanted >= TOO_MUCH {
            made.short.push(Short {
                promise,
                document,
                available: is_short.then_some(available),
            });
            continue;
        }
        let level = levels.at(promise.place)?;
        level.reserved += wanted;
        level.updated_at = level.updated_at.max(now);
        made.rows.push(promise.row((source, document), now));
    }
    Ok(made)
}

/// Writes reservations down whose levels are stored.
pub async fn keep(tx: &mut TenantTx, rows: &[ReservationRow]) -> DbResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    query::insert(tx, rows).await
}

impl Promise {
    fn row(
        self,
        (source, document): (ReservationSource, Option<Uuid>),
        now: DateTime<Utc>,
    ) -> ReservationRow {
        let (id, amount) = (ReservationId::generate(), self.asked.amount);
        ReservationRow {
            id,
            product_id: self.place.0,
            warehouse_id: self.place.1,
            quantity: amount.base,
            open: amount.base,
            unit_id: self.asked.unit,
            unit_quantity: amount.value,
            source,
            source_id: document.unwrap_or_else(|| id.uuid()),
            reason: self.reason,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Takes back what is promised to a document and still open. Gives what was open before.
pub async fn release(tx: &mut TenantTx, document: Uuid) -> ServiceResult<Vec<ReservationRow>> {
    let promised = query::open_of(tx, &[document]).await?;
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
    let promised = query::open_of(tx, &[document]).await?;
    for row in &promised {
        let level = levels.at((row.product_id, row.warehouse_id))?;
        level.reserved = (level.reserved - row.open).max(Decimal::ZERO);
    }
    query::close(tx, document, tx.now()).await?;
    Ok(promised)
}

/// Where something is or was promised to these documents. Does not change while the documents
/// are locked, so that levels can be locked by it.
pub async fn places_of(tx: &mut TenantTx, documents: &[Uuid]) -> DbResult<BTreeSet<Place>> {
    if documents.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows = query::of_sources(tx, documents).await?;
    Ok(rows.iter().map(ReservationRow::place).collect())
}

/// Takes up to so much off what is promised to each of these documents: the goods leave, or are
/// not wanted any more. The levels are locked already, and stored by the caller.
pub async fn use_on(
    tx: &mut TenantTx,
    levels: &mut Levels,
    uses: &[(Uuid, Decimal)],
) -> ServiceResult<()> {
    let mut left = sums(uses);
    if left.is_empty() {
        return Ok(());
    }
    let sources: Vec<Uuid> = left.keys().copied().collect();
    let (mut changed, now) = (Vec::new(), tx.now());
    for mut row in query::open_of(tx, &sources).await? {
        let due = left.entry(row.source_id).or_default();
        let taken = row.open.min(*due);
        if taken <= Decimal::ZERO {
            continue;
        }
        *due -= taken;
        let level = levels.at(row.place())?;
        level.reserved = (level.reserved - taken).max(Decimal::ZERO);
        level.updated_at = level.updated_at.max(now);
        row.reopen(-taken, now);
        changed.push(row);
    }
    store(tx, changed).await
}

/// Promises so much to each of these documents again: the goods came back. No more than was
/// promised to it once, and than is available; levels as for [`use_on`].
pub async fn renew_on(
    tx: &mut TenantTx,
    levels: &mut Levels,
    backs: &[(Uuid, Decimal)],
) -> ServiceResult<()> {
    let mut left = sums(backs);
    if left.is_empty() {
        return Ok(());
    }
    let sources: Vec<Uuid> = left.keys().copied().collect();
    let (mut changed, now) = (Vec::new(), tx.now());
    for mut row in query::of_sources(tx, &sources).await?.into_iter().rev() {
        let due = left.entry(row.source_id).or_default();
        let level = levels.get(row.place())?;
        let room = (row.quantity - row.open).min(*due);
        let back = if level.may_be_negative {
            room
        } else {
            room.min(level.available())
        };
        if back <= Decimal::ZERO {
            continue;
        }
        *due -= back;
        let level = levels.at(row.place())?;
        level.reserved += back;
        level.updated_at = level.updated_at.max(now);
        row.reopen(back, now);
        changed.push(row);
    }
    store(tx, changed).await
}

async fn store(tx: &mut TenantTx, rows: Vec<ReservationRow>) -> ServiceResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    Ok(query::store(tx, rows).await?)
}

fn sums(parts: &[(Uuid, Decimal)]) -> HashMap<Uuid, Decimal> {
    let mut sums = HashMap::new();
    for (document, quantity) in parts {
        *sums.entry(*document).or_default() += *quantity;
    }
    sums
}

impl ReservationRow {
    /// What, and where.
    pub const fn place(&self) -> Place {
        (self.product_id, self.warehouse_id)
    }

    /// As much more of it is open; less if that is below zero.
    fn reopen(&mut self, by: Decimal, now: DateTime<Utc>) {
        self.open += by;
        self.version += 1;
        self.updated_at = self.updated_at.max(now);
    }
}
