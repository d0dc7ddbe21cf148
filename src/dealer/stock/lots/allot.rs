//! Which lots a movement is of: worked out in memory, on levels that are locked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::model::LotId;

/// Parts of a movement by lot, above zero.
pub(super) type Parts = Vec<(LotId, Decimal)>;

/// What of each lot is in one place, those that expire first before others.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf {
    order: BTreeSet<(NaiveDate, LotId)>,
    on_hand: HashMap<LotId, Decimal>,
}

impl Shelf {
    /// Puts some of a lot there.
    pub(super) fn put(&mut self, (lot, expires_on): (LotId, NaiveDate), quantity: Decimal) {
        self.order.insert((expires_on, lot));
        *self.on_hand.entry(lot).or_default() += quantity;
    }

    /// How much of a lot is there.
    pub(super) fn of(&self, lot: LotId) -> Decimal {
        self.on_hand.get(&lot).copied().unwrap_or_default()
    }

    /// Takes some of one lot away. Says how much there is if that is less.
    pub(super) fn take_of(&mut self, lot: LotId, quantity: Decimal) -> Result<Parts, Decimal> {
        self.draw(quantity, vec![(lot, quantity)])
    }

    /// Takes some away: of those that are preferred, as much of each, and then of those that
    /// expire first. With a day, what is too old on it comes last. Says how much there is if
    /// that is less.
    pub(super) fn take(
        &mut self,
        quantity: Decimal,
        preferred: &[(LotId, Decimal)],
        fresh_on: Option<NaiveDate>,
    ) -> Result<Parts, Decimal> {
        let is_old = |expires_on: NaiveDate| fresh_on.is_some_and(|day| expires_on <= day);
        let in_order = || self.order.iter().copied();
        let fresh = in_order().filter(|(expires_on, _)| !is_old(*expires_on));
        let old = in_order().filter(|(expires_on, _)| is_old(*expires_on));
        let others = fresh.chain(old).map(|(_, lot)| (lot, quantity));
        let wanted = preferred.iter().copied().chain(others).collect();
        self.draw(quantity, wanted)
    }

    fn draw(&mut self, quantity: Decimal, wanted: Parts) -> Result<Parts, Decimal> {
        let mut parts: BTreeMap<LotId, Decimal> = BTreeMap::new();
        let mut left = quantity;
        for (lot, most) in wanted {
            let taken = parts.get(&lot).copied().unwrap_or_default();
            let part = left.min(most).min(self.of(lot) - taken);
            if part > Decimal::ZERO {
                parts.insert(lot, taken + part);
                left -= part;
            }
        }
        if left > Decimal::ZERO {
            return Err(quantity - left);
        }
        for (lot, part) in &parts {
            *self.on_hand.entry(*lot).or_default() -= *part;
        }
        Ok(parts.into_iter().collect())
    }
}

/// The first `quantity` of some parts, or as much as there is; what is left of them stays.
pub(super) fn split(parts: &mut Parts, quantity: Decimal) -> Parts {
    let (mut taken, mut left) = (Parts::new(), quantity);
    for (lot, part) in parts.iter_mut() {
        let of_it = left.min(*part);
        if of_it > Decimal::ZERO {
            taken.push((*lot, of_it));
            *part -= of_it;
            left -= of_it;
        }
    }
    taken
}

/// What some parts are together.
pub(super) fn total(parts: &[(LotId, Decimal)]) -> Decimal {
    parts.iter().map(|part| part.1).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, day).unwrap()
    }

    fn shelf() -> (Shelf, [LotId; 3]) {
        let lots = [(); 3].map(|()| LotId::generate());
        let mut shelf = Shelf::default();
        for (lot, expires) in lots.iter().zip([20, 5, 9]) {
            shelf.put((*lot, day(expires)), Decimal::TEN);
        }
        (shelf, lots)
    }

    fn sum(parts: &Parts, lot: LotId) -> Decimal {
        let of_it = parts.iter().filter(|part| part.0 == lot);
        of_it.map(|part| part.1).sum()
    }

    #[test]
    fn what_expires_first_goes_first() {
        let (mut shelf, [last, first, next]) = shelf();
        let parts = shelf.take(12.into(), &[], None).unwrap();
        assert_eq!(
            [sum(&parts, first), sum(&parts, next), sum(&parts, last)],
            [10, 2, 0].map(Decimal::from)
        );
        assert_eq!(shelf.of(next), 8.into());
    }

    #[test]
    fn the_one_that_is_named_goes_alone_and_what_is_preferred_first() {
        let (mut shelf, [last, first, _]) = shelf();
        assert_eq!(shelf.take_of(last, 11.into()), Err(Decimal::TEN));
        assert_eq!(shelf.take(31.into(), &[], None), Err(30.into()));
        let parts = shelf.take(6.into(), &[(last, 4.into())], None).unwrap();
        assert_eq!(
            [sum(&parts, last), sum(&parts, first)],
            [4, 2].map(Decimal::from)
        );
        assert_eq!(shelf.take_of(last, 6.into()).unwrap(), [(last, 6.into())]);
    }

    #[test]
    fn what_is_too_old_comes_last_where_that_is_asked_for() {
        let (mut shelf, [last, first, next]) = shelf();
        let parts = shelf.take(22.into(), &[], Some(day(9))).unwrap();
        let of = [last, first, next].map(|lot| sum(&parts, lot));
        assert_eq!(of, [10, 10, 2].map(Decimal::from));
    }

    #[test]
    fn what_comes_is_what_went() {
        let lots = [LotId::generate(), LotId::generate()];
        let mut parts = vec![(lots[0], 3.into()), (lots[1], 4.into())];
        assert_eq!(
            split(&mut parts, 5.into()),
            [(lots[0], 3.into()), (lots[1], 2.into())]
        );
        assert_eq!(split(&mut parts, 2.into()), [(lots[1], 2.into())]);
    }
}
