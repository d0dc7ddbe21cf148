//! Batched lookups of lots.

use std::collections::HashMap;

use uuid::Uuid;

use super::model::{LotId, LotLevelRow, LotMovementRow, LotRow};
use super::query;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::ledger::model::MovementId;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// A lot by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LotById(pub LotId);

impl LoaderKey for LotById {
    type Value = LotRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, LotRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// Where a lot lies, or did, by warehouse code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LevelsByLot(pub LotId);

impl LoaderKey for LevelsByLot {
    type Value = Vec<LotLevelRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<LotLevelRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_levels(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.lot_id)))
    }
}

/// The parts of a movement by lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartsByMovement(pub MovementId);

impl LoaderKey for PartsByMovement {
    type Value = Vec<LotMovementRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<LotMovementRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_parts(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.movement_id)))
    }
}

/// Found if the product is kept by lots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeptByLots(pub ProductId);

impl LoaderKey for KeptByLots {
    type Value = ProductId;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, ProductId>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::tracked(tx, &ids).await?;
        Ok(by_key(rows, |id| Self(*id)))
    }
}

/// The lots of a product of which some lies somewhere, those that expire first before others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LotsByProduct(pub ProductId);

impl LoaderKey for LotsByProduct {
    type Value = Vec<LotRow>;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, Vec<LotRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_lying(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.product_id)))
    }
}

/// The parts by lot of what came for a line of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartsByLine(pub Uuid);

impl LoaderKey for PartsByLine {
    type Value = Vec<LotMovementRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<LotMovementRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<Self, Vec<LotMovementRow>> = HashMap::new();
        for (line, row) in query::find_parts_of_lines(tx, &ids).await? {
            if let Some(line) = line {
                found.entry(Self(line)).or_default().push(row);
            }
        }
        Ok(found)
    }
}
