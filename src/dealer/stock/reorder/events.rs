//! How products are kept in warehouses, and levels that fell too low.

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

events! {
    /// What readers learn of what is reserved of a level.
    pub struct ReservedFacts {
        /// The product of the level.
        stock_level: ProductId,
        /// Where it lies.
        warehouse: WarehouseId,
        /// How much is reserved now, in base units, as a decimal.
        reserved: String,
        /// What is available now, in base units, as a decimal.
        available: String,
    }
    for Staff:
    /// Another amount of a product is reserved in a warehouse, while as much lies there as before: goods were promised or put aside, or are free again.
    StockLevelReserved = "stock_level.reserved", version 1;
}

events! {
    /// What readers learn of how a product is kept in a warehouse.
    pub struct KeepingFacts {
        /// The product of the level.
        stock_level: ProductId,
        /// Where it lies.
        warehouse: WarehouseId,
        /// Below what it should not fall, in base units, as a decimal; null if that is not said.
        reorder_point: Option<String>,
        /// How much is bought at a time, in base units, as a decimal; null if that is not said.
        reorder_quantity: Option<String>,
        /// Whether more may leave than is there.
        may_be_negative: bool,
    }
    for Staff:
    /// It was said how a product is kept in a warehouse, and when it is bought again.
    StockLevelWasSet = "stock_level.set", version 1;
}

impl From<&StockLevelRow> for KeepingFacts {
    fn from(row: &StockLevelRow) -> Self {
        let text = |number: Option<rust_decimal::Decimal>| {
            number.map(|number| number.normalize().to_string())
        };
        Self {
            stock_level: row.product_id,
            warehouse: row.warehouse_id,
            reorder_point: text(row.reorder_point),
            reorder_quantity: text(row.reorder_quantity),
            may_be_negative: row.may_be_negative,
        }
    }
}

impl From<&StockLevelRow> for ReservedFacts {
    fn from(row: &StockLevelRow) -> Self {
        Self {
            stock_level: row.product_id,
            warehouse: row.warehouse_id,
            reserved: row.reserved.normalize().to_string(),
            available: row.available().normalize().to_string(),
        }
    }
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
