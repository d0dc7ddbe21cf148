//! Use cases of a level's settings, and what should be bought.

use std::collections::BTreeSet;

use async_graphql::MaybeUndefined;
use rust_decimal::Decimal;

use super::events::StockLevelWasSet;
use super::input::StockLevelSetInput;
use super::query;
use crate::db::error::DbResult;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::{Goods, Measures};
use crate::dealer::stock::ledger::levels::Levels;
use crate::dealer::stock::model::StockLevelRow;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::dealer::stock::warehouses::service::in_use;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::graphql::payload::given;
use crate::graphql::scalars::Decimal as Number;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Sets how a product is kept in a warehouse.
pub async fn set(tx: &mut TenantTx, input: StockLevelSetInput) -> ServiceResult<StockLevelRow> {
    in_use(tx, input.warehouse_id, &["input", "warehouseId"]).await?;
    let (goods, decimals) = goods(tx, &input).await?;
    let mut checks = Checks::default();
    let point = amount(&mut checks, "reorderPoint", (input.reorder_point, decimals));
    let lot = (input.reorder_quantity, decimals);
    let quantity = amount(&mut checks, "reorderQuantity", lot);
    let buys_nothing = quantity.flatten().is_some_and(|most| most.is_zero());
    checks.require(
        !buys_nothing,
        &["input", "reorderQuantity"],
        "must be above zero",
    );
    checks.finish()?;
    if point.flatten().is_some() && !goods.kind.is_bought_ahead() {
        let (path, message) = (["input", "reorderPoint"], "is bought when it is ordered");
        return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
    }
    let place = (input.product_id, input.warehouse_id);
    let places = BTreeSet::from([place]);
    let mut levels = Levels::locked(tx, &places, &places).await?;
    let level = levels.at(place)?;
    level.may_be_negative = input.may_be_negative.unwrap_or(level.may_be_negative);
    level.reorder_point = point.unwrap_or(level.reorder_point);
    level.reorder_quantity = quantity.unwrap_or(level.reorder_quantity);
    if !level.may_be_negative && level.available() < Decimal::ZERO {
        let message = "more is gone or promised than is there: set that right first";
        let path = ["input", "mayBeNegative"];
        return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
    }
    let level = level.clone();
    query::set(tx, &level).await?;
    tx.emit(&StockLevelWasSet((&level).into()));
    Ok(level)
}

/// The product, which is one that is kept, and the decimals that its base unit has.
async fn goods(tx: &mut TenantTx, input: &StockLevelSetInput) -> ServiceResult<(Goods, u32)> {
    let measures = Measures::of(tx, &[input.product_id]).await?;
    let (code, message) = match measures.goods(input.product_id) {
        Some(goods) if goods.kind.is_kept() => {
            return Ok((goods, measures.base_scale(input.product_id)?));
        }
        Some(_) => (ErrorCode::NotAllowed, "is never in stock"),
        None => (ErrorCode::NotFound, "there is no such product"),
    };
    Err(UserError::at(code, &["input", "productId"], message).into())
}

fn amount(
    checks: &mut Checks,
    field: &str,
    (number, decimals): (MaybeUndefined<Number>, u32),
) -> Option<Option<Decimal>> {
    let number = given(number).map(|number| number.map(|number| number.0));
    if let Some(Some(number)) = number {
        checks.quantity(&["input", field], number, decimals);
    }
    number
}

/// Goods that run out.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// The level that is below its reorder point.
    pub level: StockLevelRow,
    /// What of it is ordered and has not come, in base units.
    pub incoming: Decimal,
}

impl Suggestion {
    /// How much should be bought, so that what is available and ordered is not below the
    /// point.
    pub fn wanted(&self) -> Decimal {
        let level = &self.level;
        let counted_on = level.available() + self.incoming;
        let lacking = level.reorder_point.unwrap_or_default() - counted_on;
        if lacking <= Decimal::ZERO {
            return Decimal::ZERO;
        }
        match level.reorder_quantity {
            Some(lot) if lot > Decimal::ZERO => (lacking / lot).ceil() * lot,
            _ => lacking,
        }
    }
}

/// What runs out, by warehouse and product: in one warehouse or all, of some products or all.
pub async fn suggestions(
    tx: &mut TenantTx,
    of: (Option<WarehouseId>, Option<Vec<ProductId>>),
    most: i64,
) -> DbResult<Vec<Suggestion>> {
    let rows = query::below_point(tx, of, most).await?.into_iter();
    let rows = rows.map(|(level, incoming)| Suggestion { level, incoming });
    Ok(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wanted of a level with these: on hand, reserved and point; lot; incoming.
    fn wanted([on_hand, reserved, point]: [i64; 3], lot: Option<i64>, incoming: i64) -> Decimal {
        let place = (ProductId::generate(), WarehouseId::generate());
        let level = StockLevelRow {
            on_hand: on_hand.into(),
            reserved: reserved.into(),
            reorder_point: Some(point.into()),
            reorder_quantity: lot.map(Into::into),
            ..StockLevelRow::empty(place, chrono::DateTime::UNIX_EPOCH)
        };
        let incoming = incoming.into();
        Suggestion { level, incoming }.wanted()
    }

    #[test]
    fn as_many_lots_are_bought_as_reach_the_point() {
        assert_eq!(wanted([100, 30, 70], Some(40), 0), Decimal::ZERO);
        assert_eq!(wanted([100, 31, 70], Some(40), 0), Decimal::from(40));
        assert_eq!(wanted([10, 0, 100], Some(40), 0), Decimal::from(120));
        assert_eq!(wanted([10, 0, 100], None, 0), Decimal::from(90));
        assert_eq!(wanted([-5, 0, 0], Some(40), 0), Decimal::from(40));
    }

    #[test]
    fn what_is_ordered_is_not_bought_again() {
        assert_eq!(wanted([10, 0, 100], Some(40), 80), Decimal::from(40));
        assert_eq!(wanted([10, 0, 100], Some(40), 90), Decimal::ZERO);
        assert_eq!(wanted([10, 0, 100], None, 30), Decimal::from(60));
    }
}
