//! The one reader of a dealer's events on a node.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{Semaphore, broadcast, oneshot};
use tokio::time::{sleep, timeout};

use super::Tails;
use crate::db::error::DbResult;
use crate::db::observe::StatementCount;
use crate::events::{Event, EventId};
use crate::kernel::ids::DealerId;
use crate::kernel::listeners::Listener;
use crate::tenancy::context::TenantContext;
use crate::tenancy::outbox::read;
use crate::tenancy::tx::{Access, TenantPool};

/// Events that are kept for followers who have not read them yet.
const BACKLOG: usize = 512;
/// Events of one reading.
pub(super) const PAGE: i64 = 100;
/// How often a dealer is looked at without a hint.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What looking at one dealer adds to that: who follows thousands looks at them in
/// turn, some hundreds a second.
const LOOK_AT_ONE: Duration = Duration::from_millis(2);
/// The pause after each reading. What is hinted at meanwhile is read together, so
/// that a flood of hints is no flood of readings.
const BREATH: Duration = Duration::from_millis(3);
/// The pause after a reading that failed.
pub(super) const RETRY: Duration = Duration::from_millis(250);
/// Followers of a dealer who read from his tables at the same time, for pages.
const READERS: usize = 2;
/// Followers of a dealer who resolve an event at the same time: as many as he has
/// places in the pool, so that they do not fill his queue.
const TURNS: usize = 4;

/// Hands each event of a dealer to his followers. Lives as long as one of them.
pub(super) struct Tail {
    dealer: DealerId,
    tails: Tails,
    events: broadcast::Sender<Arc<Event>>,
    begun: OnceLock<Begun>,
    /// Whoever reads pages has one of these.
    pub(super) readers: Semaphore,
    /// Whoever resolves an event has one of these.
    pub(super) turns: Arc<Semaphore>,
}

/// Behind which event it has begun.
struct Begun {
    behind: EventId,
    _stop: oneshot::Sender<()>,
}

impl Tail {
    pub(super) fn new(dealer: DealerId, tails: Tails) -> Self {
        Self {
            dealer,
            tails,
            events: broadcast::channel(BACKLOG).0,
            begun: OnceLock::new(),
            readers: Semaphore::new(READERS),
            turns: Arc::new(Semaphore::new(TURNS)),
        }
    }

    /// What is read from now on.
    pub(super) fn listen(&self) -> broadcast::Receiver<Arc<Event>> {
        self.events.subscribe()
    }

    /// Begins behind `last`, unless it has begun already; gives where that was.
    pub(super) fn begin(
        &self,
        pool: &TenantPool,
        context: &Arc<TenantContext>,
        last: EventId,
    ) -> EventId {
        let begin = || {
            let (stop, stopped) = oneshot::channel();
            let reader = Reader {
                hints: pool.bus().listen(self.dealer),
                pool: pool.clone(),
                context: Arc::clone(context),
                events: self.events.clone(),
                last,
            };
            pool.spawn(async move {
                tokio::select! {
                    _dropped = stopped => {}
                    () = reader.read() => {}
                }
            });
            Begun {
                behind: last,
                _stop: stop,
            }
        };
        self.begun.get_or_init(begin).behind
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        self.tails.forget(self.dealer);
    }
}

/// A page of events, as the system itself sees them.
pub(super) async fn page(
    pool: &TenantPool,
    context: &Arc<TenantContext>,
    after: EventId,
) -> DbResult<Vec<Event>> {
    let count = StatementCount::default();
    let begun = pool.begin(Arc::clone(context), Access::Read, &count).await;
    let mut tx = begun?;
    let events = read::after(&mut tx, after, PAGE).await?;
    tx.release();
    Ok(events)
}

struct Reader {
    pool: TenantPool,
    context: Arc<TenantContext>,
    hints: Listener<DealerId>,
    events: broadcast::Sender<Arc<Event>>,
    last: EventId,
}

impl Reader {
    async fn read(mut self) {
        let mut was_well = true;
        loop {
            match page(&self.pool, &self.context, self.last).await {
                Ok(events) => {
                    was_well = true;
                    let is_full = i64::try_from(events.len()).is_ok_and(|count| count >= PAGE);
                    self.hand_out(events);
                    sleep(BREATH).await;
                    if !is_full {
                        // Either way, it is time to look.
                        let _hinted = timeout(self.patience(), self.hints.changed()).await;
                    }
                }
                Err(error) => {
                    let dealer = self.context.dealer().id;
                    if was_well {
                        tracing::warn!(%dealer, %error, "events can not be read at this moment");
                    }
                    was_well = false;
                    sleep(RETRY).await;
                }
            }
        }
    }

    fn hand_out(&mut self, events: Vec<Event>) {
        for event in events {
            self.last = event.id;
            // The last follower may just have gone.
            let _followers = self.events.send(Arc::new(event));
        }
    }

    fn patience(&self) -> Duration {
        let dealers = u32::try_from(self.pool.tails().len()).unwrap_or(u32::MAX);
        LOOK_EVERY.max(LOOK_AT_ONE.saturating_mul(dealers))
    }
}
