//! What the tasks of a worker share.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, timeout};

use super::held::Held;
use super::{Line, WorkerSettings};
use crate::db::control::ControlPool;
use crate::jobs::context::JobParts;
use crate::jobs::registry::Registry;
use crate::jobs::settle::{self, Run};

/// How long a job that was cut off may take to notice. One that does not is not given
/// back: it may still be at work.
const NOTICE: Duration = Duration::from_millis(500);

pub(super) struct Crew {
    pub(super) parts: JobParts,
    pub(super) pool: ControlPool,
    pub(super) registry: Arc<Registry>,
    pub(super) settings: WorkerSettings,
    pub(super) held: Held,
    pub(super) slots: Arc<Semaphore>,
    /// A job has ended.
    pub(super) freed: Arc<Notify>,
    pub(super) stopping: watch::Receiver<bool>,
}

/// A place for a job; whoever waits for one is told when it is free.
pub(super) struct Slot {
    _permit: OwnedSemaphorePermit,
    freed: Arc<Notify>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.freed.notify_one();
    }
}

impl Crew {
    pub(super) fn new(
        parts: JobParts,
        line: &Line,
        registry: Arc<Registry>,
        (settings, stopping): (WorkerSettings, watch::Receiver<bool>),
    ) -> Self {
        Self {
            parts,
            pool: line.pool.clone(),
            registry,
            held: Held::default(),
            slots: Arc::new(Semaphore::new(settings.slots.max(1))),
            freed: Arc::default(),
            stopping,
            settings,
        }
    }

    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Completes when the worker is to stop.
    pub(super) async fn stopped(&self) {
        let mut stopping = self.stopping.clone();
        // Whoever could say so is gone: that is the end, too.
        drop(stopping.wait_for(|stop| *stop).await);
    }

    /// A place for a job, if there is one.
    pub(super) fn slot(&self) -> Option<Slot> {
        let permit = Arc::clone(&self.slots).try_acquire_owned().ok()?;
        Some(Slot {
            _permit: permit,
            freed: Arc::clone(&self.freed),
        })
    }

    /// Most jobs of one dealer at once: half of the places, so that one dealer alone
    /// keeps nobody waiting.
    pub(super) fn per_dealer(&self) -> i32 {
        i32::try_from(self.settings.slots.div_ceil(2)).unwrap_or(i32::MAX)
    }

    /// When a lease ends that is asked for now.
    pub(super) fn lease_end(&self) -> Instant {
        Instant::now() + self.settings.lease
    }

    /// Completes when no job is at work.
    pub(super) async fn finished(&self) {
        let all = u32::try_from(self.settings.slots.max(1)).unwrap_or(u32::MAX);
        drop(self.slots.acquire_many(all).await);
    }

    /// Cuts off what is at work, for others to do; gives how many jobs that were.
    pub(super) async fn give_back(&self) -> usize {
        let mut given = 0;
        for (run, task) in self.held.cut_off() {
            if timeout(NOTICE, task).await.is_ok() && self.give_back_one(run).await {
                given += 1;
            }
        }
        given
    }

    async fn give_back_one(&self, run: Run) -> bool {
        let given = async {
            let mut conn = self.pool.checkout().await?;
            settle::later(&mut conn, run, Duration::ZERO, None).await
        };
        match given.await {
            Ok(given) => given,
            Err(error) => {
                tracing::warn!(job = %run.id, %error, "not given back; its lease runs out");
                false
            }
        }
    }
}
