//! Where a product stands.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::warehouses::model::WarehouseId;

/// Goods that are to come to a place.
#[derive(Queryable, Clone, Debug)]
pub struct Incoming {
    /// What.
    pub product: ProductId,
    /// Where they shall be.
    pub warehouse: WarehouseId,
    /// On which day at the dealer; none if nobody knows.
    pub due: Option<NaiveDate>,
    /// How much, in base units.
    pub quantity: Decimal,
}

/// A product in one place.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Where.
    pub warehouse: WarehouseId,
    /// In base units.
    pub on_hand: Decimal,
    /// Promised, in base units.
    pub reserved: Decimal,
    /// What is to come, by day; what nobody knows the day of stands before all days.
    pub incoming: BTreeMap<Option<NaiveDate>, Decimal>,
}

impl Standing {
    /// Nothing, and nothing to come.
    pub const fn nothing(warehouse: WarehouseId) -> Self {
        Self {
            warehouse,
            on_hand: Decimal::ZERO,
            reserved: Decimal::ZERO,
            incoming: BTreeMap::new(),
        }
    }

    /// What can still be promised.
    pub fn available(&self) -> Decimal {
        self.on_hand - self.reserved
    }

    /// What can be promised for a day: what is available, and what will have come by then;
    /// without a day, all that comes on some day.
    pub fn projected(&self, on: Option<NaiveDate>) -> Decimal {
        let coming = self.incoming.iter();
        let by_then = coming.filter(|(due, _)| match (due, on) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(due), Some(on)) => *due <= on,
        });
        self.available() + by_then.map(|(_, quantity)| *quantity).sum::<Decimal>()
    }

    /// The same with what is to come, too.
    pub fn expect(&mut self, coming: &Incoming) {
        *self.incoming.entry(coming.due).or_default() += coming.quantity;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(2026, 12, day)
    }

    #[test]
    fn what_comes_counts_from_its_day_on_and_never_without_one() {
        let mut standing = Standing {
            on_hand: Decimal::TEN,
            reserved: Decimal::ONE,
            ..Standing::nothing(WarehouseId::generate())
        };
        for (due, quantity) in [(None, 100), (day(3), 5), (day(3), 1), (day(7), 20)] {
            standing.expect(&Incoming {
                product: ProductId::generate(),
                warehouse: standing.warehouse,
                due,
                quantity: quantity.into(),
            });
        }
        for (on, projected) in [
            (day(2), 9),
            (day(3), 15),
            (day(6), 15),
            (day(7), 35),
            (None, 35),
        ] {
            assert_eq!(standing.projected(on), projected.into(), "{on:?}");
        }
        assert_eq!(standing.incoming.len(), 3);
    }
}
