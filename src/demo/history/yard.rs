//! What lies where while a history is played.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::dice::Dice;
use super::query;
use super::world::World;
use crate::dealer::stock::ledger::model::{MovementId, MovementKind, MovementRow};
use crate::dealer::stock::ledger::posting::Source;
use crate::dealer::stock::model::StockLevelRow;
use crate::error::{AppError, AppResult};
use crate::tenancy::TenantTx;

/// A product in a warehouse, as places in the lists of the world.
pub(super) type Spot = (usize, usize);

/// All levels, by product and warehouse.
#[derive(Debug)]
pub(super) struct Yard {
    levels: Vec<StockLevelRow>,
    places: usize,
}

/// Goods that come or go.
#[derive(Clone, Copy, Debug)]
pub(super) enum Move {
    /// Come, at this cost per base unit.
    In(Decimal, Decimal),
    /// Go.
    Out(Decimal),
}

impl Yard {
    /// Empty levels of all goods in all places, which are written, since movements name them.
    pub(super) async fn open(tx: &mut TenantTx, world: &World) -> AppResult<Self> {
        let began = world.days.first().map_or(world.now, |day| day.1);
        let mut levels = Vec::new();
        for goods in &world.goods {
            for warehouse in &world.warehouses {
                levels.push(StockLevelRow::empty((goods.row.id, *warehouse), began));
            }
        }
        query::store_levels(tx, levels.clone()).await?;
        let places = world.warehouses.len();
        Ok(Self { levels, places })
    }

    /// A level, to be changed.
    pub(super) fn at(&mut self, (goods, place): Spot) -> AppResult<&mut StockLevelRow> {
        let level = self.levels.get_mut(goods * self.places + place);
        level.ok_or_else(|| AppError::internal("a place that there is not"))
    }

    /// Moves goods.
    pub(super) fn post(
        &mut self,
        dice: &mut Dice,
        (spot, at): (Spot, DateTime<Utc>),
        (kind, what): (MovementKind, Move),
        source: Option<Source>,
    ) -> AppResult<MovementRow> {
        let level = self.at(spot)?;
        let before = level.balance();
        let (quantity, after) = match what {
            Move::In(quantity, cost) => (quantity, before.after_coming(quantity, Some(cost))),
            Move::Out(quantity) => (-quantity, before.after_going(quantity)),
        };
        let after = after.map_err(AppError::internal)?;
        level.on_hand = after.on_hand;
        level.value = after.value;
        level.last_cost = after.last_cost;
        level.movements += 1;
        level.updated_at = level.updated_at.max(at);
        Ok(MovementRow {
            id: MovementId::from_uuid(dice.id(level.updated_at)),
            product_id: level.product_id,
            warehouse_id: level.warehouse_id,
            number: level.movements,
            kind,
            quantity,
            value: after.value - before.value,
            on_hand: after.on_hand,
            on_hand_value: after.value,
            source: source.map(|source| source.prefix.to_owned()),
            source_id: source.map(|source| source.id),
            source_line: source.and_then(|source| source.line),
            reason: None,
            note: None,
            at: level.updated_at,
        })
    }

    /// Writes the levels as they are now; some should not fall much lower.
    pub(super) async fn close(mut self, tx: &mut TenantTx, dice: &mut Dice) -> AppResult<()> {
        for level in &mut self.levels {
            let share = Decimal::from(dice.within(10, 110));
            let point = level.available() * share / Decimal::ONE_HUNDRED;
            level.reorder_point = (level.movements > 1).then(|| point.trunc());
        }
        Ok(query::store_levels(tx, self.levels).await?)
    }
}
