//! What happens to levels that should not fall too low.

use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::model::StockLevelRow;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::events::events;

events! {
    /// What readers learn of a level.
    pub struct LowStockFacts {
        /// The product of the level.
        stock_level: ProductId,
        /// Where it lies.
        warehouse: WarehouseId,
        /// What is available now, in base units, as a decimal.
        available: String,
        /// Below what it should not fall, in base units, as a decimal.
        reorder_point: String,
    }
    for Staff:
    /// Less of a product is available in a warehouse than its reorder point, for the first time since it was enough.
    StockLevelRanLow = "stock_level.ran_low", version 1;
}

impl LowStockFacts {
    /// Of a level that was not low while so much was available, and is now.
    pub fn of_fall(before: rust_decimal::Decimal, level: &StockLevelRow) -> Option<Self> {
        let point = level.reorder_point?;
        let available = level.available();
        (before >= point && available < point).then(|| Self {
            stock_level: level.product_id,
            warehouse: level.warehouse_id,
            available: available.normalize().to_string(),
            reorder_point: point.normalize().to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    #[test]
    fn a_fall_is_told_once() {
        let place = (ProductId::generate(), WarehouseId::generate());
        let mut level = StockLevelRow::empty(place, chrono::DateTime::UNIX_EPOCH);
        let falls = |before: i64, level: &StockLevelRow| {
            LowStockFacts::of_fall(Decimal::from(before), level).is_some()
        };
        assert!(!falls(10, &level));
        level.reorder_point = Some(Decimal::from(5));
        assert!(falls(10, &level) && falls(5, &level));
        assert!(!falls(4, &level));
        level.on_hand = Decimal::from(5);
        assert!(!falls(10, &level));
        level.reserved = Decimal::ONE;
        assert!(falls(5, &level));
    }
}
