//! How much of files there may be.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::FileSettings;
use crate::kernel::ids::DealerId;
use crate::kernel::quota::{Place, Quota};

/// How much there may be.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one file.
    pub(super) size: i64,
    /// Bytes of all files of a dealer.
    pub(super) total: i64,
    /// Files at one record.
    pub(super) per_record: usize,
    /// Uploads at once.
    turns: Arc<Semaphore>,
    /// Of them those of one dealer: his may take half an hour, and others go on.
    shares: Arc<Quota<DealerId>>,
}

/// A place among those who upload, until it is dropped.
pub(super) struct Turn {
    _turn: OwnedSemaphorePermit,
    _share: Place<DealerId>,
}

impl Limits {
    /// A place for a dealer; none if all are taken, or all of his.
    pub(super) fn turn(&self, dealer: DealerId) -> Option<Turn> {
        let share = self.shares.take(dealer)?;
        let turn = Arc::clone(&self.turns).try_acquire_owned().ok()?;
        Some(Turn {
            _turn: turn,
            _share: share,
        })
    }
}

impl From<&FileSettings> for Limits {
    fn from(settings: &FileSettings) -> Self {
        let bytes = |mib: u32| i64::from(mib).saturating_mul(1 << 20);
        Self {
            size: bytes(settings.max_file_mib),
            total: bytes(settings.files_per_dealer_mib),
            per_record: settings.max_files_per_record,
            turns: Arc::new(Semaphore::new(settings.max_uploads)),
            shares: Arc::new(Quota::new((settings.max_uploads / 4).max(1))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_dealers_uploads_leave_places_for_others() {
        let limits = Limits {
            size: 1,
            total: 1,
            per_record: 1,
            turns: Arc::new(Semaphore::new(5)),
            shares: Arc::new(Quota::new(2)),
        };
        let (one, other, third) = (
            DealerId::generate(),
            DealerId::generate(),
            DealerId::generate(),
        );
        let (first, _second) = (limits.turn(one).unwrap(), limits.turn(one).unwrap());
        assert!(limits.turn(one).is_none());
        let _others = [limits.turn(other).unwrap(), limits.turn(other).unwrap()];
        let _last = limits.turn(third).unwrap();
        assert!(limits.turn(third).is_none());
        drop(first);
        assert!(limits.turn(one).is_some());
    }
}
