//! What lies in one place, and what it has cost: the arithmetic of movements.
//!
//! Not an average is kept but the value of all that is there. What goes takes its share
//! of it along, and the last of it takes the rest, so that no cent is ever made or lost
//! by rounding. Where goods may go before they come, what is owed is valued at the last
//! cost, and what comes sets that right.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::kernel::quantity::TOO_MUCH;

/// Decimals of a value.
const CENTS: u32 = 4;
/// Decimals of a cost per base unit.
const COST: u32 = 6;

/// numeric(20, 4) holds what is below this.
const MOST_VALUE: Decimal = Decimal::from_parts(1_874_919_424, 2_328_306, 0, false, 0);

/// The goods in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Balance {
    /// In base units.
    pub on_hand: Decimal,
    /// What they have cost.
    pub value: Decimal,
    /// Cost per base unit when some was last on hand.
    pub last_cost: Decimal,
}

/// An amount or a value that is larger than any that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is too large")]
pub struct TooLarge;

impl Balance {
    /// Cost per base unit of what is on hand, or was last.
    pub fn cost(self) -> Decimal {
        if self.on_hand > Decimal::ZERO {
            let cost = self.value.checked_div(self.on_hand);
            // What is kept is never so large that it could not be divided.
            let cost = cost.unwrap_or(self.last_cost);
            cost.round_dp_with_strategy(COST, HALF_AWAY)
        } else {
            self.last_cost
        }
    }

    /// After `quantity` came, at this cost per base unit, or at that of what is there.
    pub fn after_coming(self, quantity: Decimal, cost: Option<Decimal>) -> Result<Self, TooLarge> {
        let cost = cost.unwrap_or_else(|| self.cost());
        self.after((quantity, times(quantity, cost)?), cost)
    }

    /// After `quantity` came that is worth `value` in all.
    pub fn after_coming_worth(self, quantity: Decimal, value: Decimal) -> Result<Self, TooLarge> {
        let cost = value.checked_div(quantity).ok_or(TooLarge)?;
        self.after((quantity, value), cost)
    }

    fn after(self, (came, worth): (Decimal, Decimal), cost: Decimal) -> Result<Self, TooLarge> {
        let on_hand = self.on_hand.checked_add(came).ok_or(TooLarge)?;
        let value = if self.on_hand >= Decimal::ZERO {
            self.value.checked_add(worth).ok_or(TooLarge)?
        } else {
            // What had gone before it came has cost what this costs.
            times(on_hand, cost)?
        };
        let after = Self {
            on_hand,
            value,
            last_cost: cost,
        };
        after.kept()
    }

    /// After `quantity` went.
    pub fn after_going(self, quantity: Decimal) -> Result<Self, TooLarge> {
        let on_hand = self.on_hand.checked_sub(quantity).ok_or(TooLarge)?;
        let value = if on_hand > Decimal::ZERO {
            let share = self.value.checked_div(self.on_hand).ok_or(TooLarge)?;
            self.value - times(quantity, share)?
        } else {
            times(on_hand, self.cost())?
        };
        let after = Self {
            on_hand,
            value,
            last_cost: self.cost(),
        };
        after.kept()
    }

    /// The same with its cost, if the columns of the level hold it.
    fn kept(self) -> Result<Self, TooLarge> {
        let fits = self.on_hand.abs() < TOO_MUCH && self.value.abs() < MOST_VALUE;
        let last_cost = self.cost();
        let kept = Self { last_cost, ..self };
        (fits && last_cost < TOO_MUCH)
            .then_some(kept)
            .ok_or(TooLarge)
    }
}

const HALF_AWAY: RoundingStrategy = RoundingStrategy::MidpointAwayFromZero;

fn times(quantity: Decimal, cost: Decimal) -> Result<Decimal, TooLarge> {
    let value = quantity.checked_mul(cost).ok_or(TooLarge)?;
    Ok(value.round_dp_with_strategy(CENTS, HALF_AWAY))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn of(on_hand: &str, value: &str) -> Balance {
        let balance = Balance {
            on_hand: decimal(on_hand),
            value: decimal(value),
            last_cost: Decimal::ZERO,
        };
        balance.kept().unwrap()
    }

    #[test]
    fn what_comes_moves_the_average() {
        let after = of("100", "400").after_coming(decimal("50"), Some(decimal("5.5")));
        assert_eq!(
            after.map(|b| (b.value, b.cost())),
            Ok((decimal("675"), decimal("4.5")))
        );
    }

    #[test]
    fn the_last_of_it_takes_the_rest_of_the_value() {
        let mut balance = of("3", "10");
        for left in ["6.6667", "3.3333", "0"] {
            balance = balance.after_going(Decimal::ONE).unwrap();
            assert_eq!(balance.value, decimal(left));
        }
        assert_eq!(balance.last_cost, decimal("3.3333"));
    }

    #[test]
    fn what_comes_without_a_cost_costs_what_was_there() {
        let empty = of("10", "25").after_going(decimal("10")).unwrap();
        let back = empty.after_coming(decimal("4"), None).unwrap();
        assert_eq!(back.value, decimal("10"));
    }

    #[test]
    fn what_went_before_it_came_costs_what_comes() {
        let owed = of("2", "8").after_going(decimal("5")).unwrap();
        assert_eq!((owed.on_hand, owed.value), (decimal("-3"), decimal("-12")));
        let set_right = owed
            .after_coming(decimal("10"), Some(decimal("5")))
            .unwrap();
        assert_eq!(
            (set_right.on_hand, set_right.value),
            (decimal("7"), decimal("35"))
        );
        let nothing = owed.after_coming(decimal("3"), Some(decimal("5"))).unwrap();
        assert_eq!(
            (nothing.value, nothing.last_cost),
            (Decimal::ZERO, decimal("5"))
        );
    }

    #[test]
    fn what_is_too_large_is_said() {
        let much = of("1", "1");
        assert_eq!(
            much.after_coming(Decimal::MAX, Some(Decimal::MAX)),
            Err(TooLarge)
        );
    }

    proptest! {
        #[test]
        fn nothing_on_hand_is_worth_nothing(
            steps in prop::collection::vec((1_i64..1_000_000, 0_i64..100_000_000, any::<bool>()), 1..40)
        ) {
            let mut balance = Balance::default();
            for (quantity, cost, comes) in steps {
                let quantity = Decimal::new(quantity, 3);
                balance = if comes {
                    balance.after_coming(quantity, Some(Decimal::new(cost, 4))).unwrap()
                } else {
                    balance.after_going(quantity).unwrap()
                };
                prop_assert!(!balance.on_hand.is_zero() || balance.value.is_zero());
                prop_assert!(balance.value.normalize().scale() <= CENTS);
                prop_assert!(balance.last_cost.normalize().scale() <= COST);
                prop_assert!(balance.on_hand < Decimal::ZERO || balance.value >= Decimal::ZERO);
            }
        }

        #[test]
        fn what_goes_in_parts_goes_in_full(value in 0_i64..1_000_000_000, parts in 1_u32..50) {
            let mut balance = Balance {
                on_hand: Decimal::from(parts),
                value: Decimal::new(value, 4),
                last_cost: Decimal::ZERO,
            };
            for _ in 0..parts {
                balance = balance.after_going(Decimal::ONE).unwrap();
            }
            prop_assert_eq!(balance.value, Decimal::ZERO);
        }
    }
}
