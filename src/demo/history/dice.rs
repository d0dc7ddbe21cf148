//! Chance that is the same in every run with the same seed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Numbers that look like chance.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// The same numbers for the same seed and dealer.
    pub(super) const fn new(seed: u64, dealer: u64) -> Self {
        Self(seed ^ dealer.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// `SplitMix64`.
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 if that is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    /// A number from `first` to `last`.
    pub(super) fn within(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last.saturating_sub(first) + 1)
    }

    /// True in so many of a hundred cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of them; none of none.
    pub(super) fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let index = self.below(u64::try_from(all.len()).unwrap_or(0));
        all.get(usize::try_from(index).unwrap_or(0))
    }

    /// An index, as often as its weight says.
    pub(super) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// An id that was made at this time.
    pub(super) fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        let (one, other) = (self.next().to_be_bytes(), self.next().to_be_bytes());
        let mut chance = [0; 10];
        for (to, from) in chance.iter_mut().zip(one.into_iter().chain(other)) {
            *to = from;
        }
        uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same() {
        let throw = |seed| {
            let mut dice = Dice::new(seed, 3);
            (0..100).map(|_| dice.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(throw(1), throw(1));
        assert_ne!(throw(1), throw(2));
        let mut dice = Dice::new(1, 1);
        assert!((0..1_000).all(|_| (2..=5).contains(&dice.within(2, 5))));
        assert_eq!((0..50).map(|_| dice.weighted(&[0, 3, 0])).max(), Some(1));
        assert_eq!(dice.below(0), 0);
        assert!(dice.one_of::<u8>(&[]).is_none());
        let at = DateTime::UNIX_EPOCH;
        assert!(dice.id(at) < dice.id(at + chrono::TimeDelta::days(1)));
    }
}
