//! Whether the request role is let in, over a connection of the pool.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;

use super::{Homes, Slot};
use crate::db::error::{DbError, DbResult};
use crate::db::limits;

/// How long an answer holds.
const HOLDS: Duration = Duration::from_secs(1);

/// The last answer, and when it came. Whoever asks meanwhile waits for it.
pub(super) type Checked = Mutex<Option<(Instant, bool)>>;

impl Homes {
    /// Whether the database lets the request role in. If all connections are at work
    /// it does, or their work will say so.
    pub(crate) async fn check(&self) -> DbResult<()> {
        match self.free_slot() {
            Some(slot) => limits::in_time(limits::READ, self.check_at(slot)).await,
            None => Ok(()),
        }
    }

    /// As [`Homes::check`], asked at most once a second.
    pub(crate) async fn is_well(&self) -> bool {
        let mut checked = self.checked.lock().await;
        match *checked {
            Some((at, is_well)) if at.elapsed() < HOLDS => is_well,
            _ => {
                let answer = self.check().await.inspect_err(|error| {
                    tracing::warn!(%error, "the request role is not let in");
                });
                *checked = Some((Instant::now(), answer.is_ok()));
                answer.is_ok()
            }
        }
    }

    async fn check_at(&self, mut slot: OwnedMutexGuard<Slot>) -> DbResult<()> {
        let kept = slot.backend.take().filter(|kept| !kept.is_closed());
        let backend = match kept {
            Some(backend) => backend,
            None => self.open(Instant::now() + limits::READ).await?,
        };
        backend.ping().await?;
        if self.is_pooled() && !backend.is_behind_knowing_pooler().await? {
            return Err(DbError::ForgetfulPooler);
        }
        slot.backend = Some(backend);
        Ok(())
    }

    /// A slot that nobody holds, with an open connection if there is one.
    fn free_slot(&self) -> Option<OwnedMutexGuard<Slot>> {
        let free = |slot: &Arc<Mutex<Slot>>| Arc::clone(slot).try_lock_owned().ok();
        let open = self
            .slots
            .iter()
            .filter_map(free)
            .find(|slot| slot.backend.is_some());
        open.or_else(|| self.slots.iter().find_map(free))
    }
}
