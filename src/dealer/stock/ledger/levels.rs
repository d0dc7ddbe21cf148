//! The levels of a posting: locked in the order of their keys, written at once.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::posting::Place;
use super::query;
use crate::dealer::catalog::products::service::refuse_unkept;
use crate::dealer::stock::model::StockLevelRow;
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
pub struct Levels(BTreeMap<Place, StockLevelRow>);

impl Levels {
    /// Of these places; those where something comes are made if there are none yet.
    pub async fn locked(
        tx: &mut TenantTx,
        places: &BTreeSet<Place>,
        coming: &BTreeSet<Place>,
    ) -> ServiceResult<Self> {
        make(tx, coming).await?;
        let rows = query::lock(tx, places).await?;
        let rows = rows.into_iter().map(|row| (row.place(), row));
        let mut found: BTreeMap<_, _> = rows.filter(|(place, _)| places.contains(place)).collect();
        let now = tx.now();
        for place in places {
            // From where there has never been any, nothing goes.
            found
                .entry(*place)
                .or_insert_with(|| StockLevelRow::empty(*place, now));
        }
        Ok(Self(found))
    }

    /// The level of one of the places.
    pub fn at(&mut self, place: Place) -> AppResult<&mut StockLevelRow> {
        let level = self.0.get_mut(&place);
        level.ok_or_else(|| AppError::internal("a level that was not locked"))
    }

    /// Writes them.
    pub async fn store(self, tx: &mut TenantTx) -> AppResult<()> {
        Ok(query::store(tx, self.0.into_values().collect()).await?)
    }
}

/// Makes the levels that there are not yet. Whoever makes some holds the warehouse
/// before any level, so that two of them do not wait for each other in a circle.
async fn make(tx: &mut TenantTx, places: &BTreeSet<Place>) -> ServiceResult<()> {
    if places.is_empty() {
        return Ok(());
    }
    let known = query::known(tx, places).await?;
    let missing: Vec<_> = places.difference(&known).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    let warehouses: BTreeSet<_> = missing.iter().map(|place| place.1).collect();
    query::hold_warehouses(tx, &warehouses).await?;
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
