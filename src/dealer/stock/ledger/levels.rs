//! The levels of a posting: locked in the order of their keys, written at once.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::posting::Place;
use super::query;
use crate::dealer::catalog::products::service::refuse_unkept;
use crate::dealer::stock::model::StockLevelRow;
use crate::dealer::stock::reorder::events::{LowStockFacts, StockLevelRanLow, StockLevelReserved};
use crate::error::{AppError, AppResult, Constraint, ServiceResult, on_constraint};
use crate::tenancy::TenantTx;

const CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "stock_levels_product_exists",
        path: &["input"],
        message: "there is no such product",
    },
    Constraint {
        name: "stock_levels_warehouse_exists",
        path: &["input", "warehouseId"],
        message: "there is no such warehouse",
    },
];

/// Levels that nobody else changes until the COMMIT.
#[derive(Debug)]
pub struct Levels {
    rows: BTreeMap<Place, StockLevelRow>,
    /// Those that were to be changed, as they were before.
    changed: BTreeMap<Place, Before>,
}

/// What a level was before it was changed.
#[derive(Clone, Copy, Debug)]
struct Before {
    on_hand: Decimal,
    reserved: Decimal,
    available: Decimal,
}

impl From<&StockLevelRow> for Before {
    fn from(row: &StockLevelRow) -> Self {
        Self {
            on_hand: row.on_hand,
            reserved: row.reserved,
            available: row.available(),
        }
    }
}

impl Levels {
    /// Of these places; those where something comes are made if there are none yet.
    pub async fn locked(
        tx: &mut TenantTx,
        places: &BTreeSet<Place>,
        coming: &BTreeSet<Place>,
    ) -> ServiceResult<Self> {
        make(tx, coming).await?;
        Ok(Self::lock(tx, places).await?)
    }

    /// Of these places, where it is not known yet what comes: what there is none of is
    /// written only if it changes, and nobody else makes it meanwhile.
    pub async fn held(tx: &mut TenantTx, places: &BTreeSet<Place>) -> ServiceResult<Self> {
        hold_missing(tx, places).await?;
        Ok(Self::lock(tx, places).await?)
    }

    async fn lock(tx: &mut TenantTx, places: &BTreeSet<Place>) -> AppResult<Self> {
        let found = if places.is_empty() {
            Vec::new()
        } else {
            query::lock(tx, places).await?
        };
        let found = found.into_iter().map(|row| (row.place(), row));
        let mut rows: BTreeMap<_, _> = found.filter(|(place, _)| places.contains(place)).collect();
        let now = tx.now();
        for place in places {
            // From where there has never been any, nothing goes.
            rows.entry(*place)
                .or_insert_with(|| StockLevelRow::empty(*place, now));
        }
        Ok(Self {
            rows,
            changed: BTreeMap::new(),
        })
    }

    /// The level of one of the places, to be looked at.
    pub fn get(&self, place: Place) -> AppResult<&StockLevelRow> {
        self.rows.get(&place).ok_or_else(not_locked)
    }

    /// The level of one of the places, to be changed.
    pub fn at(&mut self, place: Place) -> AppResult<&mut StockLevelRow> {
        let row = self.rows.get_mut(&place).ok_or_else(not_locked)?;
        self.changed.entry(place).or_insert_with(|| (&*row).into());
        Ok(row)
    }

    /// What is locked.
    pub fn places(&self) -> BTreeSet<Place> {
        self.rows.keys().copied().collect()
    }

    /// Writes those that were to be changed, and tells of those of which something else is
    /// reserved, and that fell below their reorder points. What comes and goes is told by its
    /// movements.
    pub async fn store(self, tx: &mut TenantTx) -> AppResult<()> {
        let Self { rows, changed } = self;
        let rows = rows
            .into_iter()
            .filter(|(place, _)| changed.contains_key(place));
        let rows: Vec<_> = rows.map(|(_, row)| row).collect();
        for row in &rows {
            if let Some(before) = changed.get(&row.place()) {
                before.tell(tx, row);
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        Ok(query::store(tx, rows).await?)
    }
}

impl Before {
    /// Tells what has become of the level.
    fn tell(&self, tx: &mut TenantTx, row: &StockLevelRow) {
        if row.on_hand == self.on_hand && row.reserved != self.reserved {
            tx.emit(&StockLevelReserved(row.into()));
        }
        if let Some(facts) = LowStockFacts::of_fall(self.available, row) {
            tx.emit(&StockLevelRanLow(facts));
        }
    }
}

fn not_locked() -> AppError {
    AppError::internal("a level that was not locked")
}

/// Makes the levels that there are not yet.
async fn make(tx: &mut TenantTx, places: &BTreeSet<Place>) -> ServiceResult<()> {
    let missing = hold_missing(tx, places).await?;
    if missing.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let rows = missing
        .iter()
        .map(|place| StockLevelRow::empty(*place, now));
    let made = query::make(tx, rows.collect()).await;
    made.map_err(on_constraint(CONSTRAINTS))?;
    // What was looked at before may have become a service since; from now on it can not.
    let products: BTreeSet<_> = missing.iter().map(|place| place.0).collect();
    refuse_unkept(tx, products.into_iter().collect()).await
}

/// The places that have no level yet. Whoever makes some holds the warehouse before any
/// level, so that two of them do not wait for each other in a circle.
async fn hold_missing(tx: &mut TenantTx, places: &BTreeSet<Place>) -> AppResult<Vec<Place>> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let known = query::known(tx, places).await?;
    let missing: Vec<_> = places.difference(&known).copied().collect();
    if !missing.is_empty() {
        let warehouses = missing.iter().map(|place| place.1).collect();
        query::hold_warehouses(tx, &warehouses).await?;
    }
    Ok(missing)
}

impl StockLevelRow {
    /// Nothing of a product in a warehouse.
    pub fn empty((product_id, warehouse_id): Place, now: chrono::DateTime<chrono::Utc>) -> Self {
        Self {
            product_id,
            warehouse_id,
            on_hand: Decimal::ZERO,
            reserved: Decimal::ZERO,
            updated_at: now,
            value: Decimal::ZERO,
            last_cost: Decimal::ZERO,
            movements: 0,
            may_be_negative: false,
            reorder_point: None,
            reorder_quantity: None,
        }
    }

    /// What, and where.
    pub const fn place(&self) -> Place {
        (self.product_id, self.warehouse_id)
    }
}
