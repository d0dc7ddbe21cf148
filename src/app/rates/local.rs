//! Shares counted on this node.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Left, Share, Wait};
use crate::kernel::gcra::take;

const PARTS: usize = 16;
/// Keys of one part; those who owe nothing are forgotten first.
const MOST: usize = 20_000;

type Until = HashMap<String, u64>;

/// Until when each key owes; who owes nothing takes no memory for long.
pub(super) struct Local {
    parts: [Mutex<Until>; PARTS],
    hasher: RandomState,
}

impl Default for Local {
    fn default() -> Self {
        Self {
            parts: std::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::new(),
        }
    }
}

impl Local {
    /// Takes from each share, or gives back what was taken.
    pub(super) fn take(
        &self,
        shares: &[Share<'_>],
        units: u64,
        now: u64,
    ) -> Result<Vec<Left>, Wait> {
        let mut left = Vec::with_capacity(shares.len());
        for (at, share) in shares.iter().enumerate() {
            let cost = share.rate.time_of(units);
            match self.change(share.key, now, |until| take(until, now, cost)) {
                Ok(until) => left.push(share.left(until.saturating_sub(now))),
                Err(micros) => {
                    for taken in shares.iter().take(at) {
                        let cost = taken.rate.time_of(units);
                        let back = |until: u64| Ok::<_, u64>(until.saturating_sub(cost));
                        let _given_back = self.change(taken.key, now, back);
                    }
                    let name = share.name;
                    return Err(Wait { name, micros });
                }
            }
        }
        Ok(left)
    }

    fn change(
        &self,
        key: &str,
        now: u64,
        next: impl FnOnce(u64) -> Result<u64, u64>,
    ) -> Result<u64, u64> {
        let mut part = self.part(key);
        if let Some(until) = part.get_mut(key) {
            *until = next(*until)?;
            return Ok(*until);
        }
        if part.len() >= MOST {
            part.retain(|_, until| *until > now);
        }
        // Where all of so many owe, newcomers share what one has: never open, never shut.
        let key = if part.len() >= MOST { "" } else { key };
        let until = part.entry(key.to_owned()).or_default();
        *until = next(*until)?;
        Ok(*until)
    }

    fn part(&self, key: &str) -> MutexGuard<'_, Until> {
        let hash = usize::try_from(self.hasher.hash_one(key) >> 33).unwrap_or(0);
        let part = self.parts.iter().cycle().nth(hash % PARTS);
        let [first, ..] = &self.parts;
        // Whole after every statement, so a panic elsewhere has not broken it.
        part.unwrap_or(first)
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::gcra::Rate;

    fn share(name: &'static str, key: &'static str, per_minute: u64) -> Share<'static> {
        let rate = Rate::per_minute(per_minute).unwrap();
        Share { name, key, rate }
    }

    #[test]
    fn what_one_share_refuses_the_other_gives_back() {
        let local = Local::default();
        let shares = [share("caller", "a", 200), share("dealer", "d", 100)];
        let now = 1_000_000_000;
        let left = local.take(&shares, 40, now).map_err(|_| ()).unwrap();
        assert_eq!((left[0].units, left[1].units), (60, 10));
        for _ in 0..5 {
            let wait = local.take(&shares, 20, now).err().unwrap();
            assert_eq!((wait.name, wait.micros), ("dealer", 6_000_000));
        }
        let left = local.take(&shares, 10, now).map_err(|_| ()).unwrap();
        assert_eq!((left[0].units, left[1].units), (50, 0));
    }

    #[test]
    fn callers_have_shares_of_their_own() {
        let local = Local::default();
        for key in ["a", "b", "c"] {
            assert!(local.take(&[share("caller", key, 100)], 50, 1).is_ok());
            assert!(local.take(&[share("caller", key, 100)], 1, 1).is_err());
        }
    }

    #[test]
    fn memory_is_bounded() {
        let local = Local::default();
        let rate = Rate::per_minute(100).unwrap();
        for number in 0..(PARTS * MOST + 5000) {
            let key = number.to_string();
            let share = Share {
                name: "caller",
                key: &key,
                rate,
            };
            let _taken = local.take(&[share], 1, 1);
        }
        let kept: usize = local
            .parts
            .iter()
            .map(|part| part.lock().unwrap().len())
            .sum();
        assert!(kept <= PARTS * (MOST + 1), "{kept}");
    }
}
