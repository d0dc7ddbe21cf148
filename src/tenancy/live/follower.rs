//! One subscription's way through a dealer's events.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, broadcast};
use tokio::time::sleep;
use uuid::Uuid;

use super::tail::{self, PAGE, RETRY, Tail};
use crate::db::error::{DbError, DbResult};
use crate::db::observe::StatementCount;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::events::{Event, EventId};
use crate::tenancy::context::TenantContext;
use crate::tenancy::outbox::read::{Extent, extent};
use crate::tenancy::tx::{Access, TenantPool};

/// As whom pages are read, whoever follows; what he may hear of is decided event by
/// event.
const PART: &str = "events";

/// Gives each event once, in order.
pub struct Follower {
    tail: Arc<Tail>,
    live: broadcast::Receiver<Arc<Event>>,
    pool: TenantPool,
    context: Arc<TenantContext>,
    customer: Option<Uuid>,
    /// The last event that was had, or passed over.
    last: EventId,
    /// The newest event that came live.
    newest: EventId,
    page: VecDeque<Arc<Event>>,
    /// Whether there may be events behind `last` that do not come live any more.
    is_behind: bool,
}

/// An event that has its turn: few of a dealer's events are resolved at a time,
/// however many subscriptions hear of them.
pub struct Delivery {
    event: Arc<Event>,
    _turn: OwnedSemaphorePermit,
}

impl Delivery {
    /// What has happened.
    pub fn event(&self) -> &Event {
        &self.event
    }
}

impl Follower {
    pub(super) async fn begin(
        pool: TenantPool,
        context: &Arc<TenantContext>,
        tail: Arc<Tail>,
        after: Option<EventId>,
    ) -> AppResult<Self> {
        // Before the table is looked at: what comes later comes live.
        let live = tail.listen();
        let customer = context.customer();
        let context = Arc::new(context.read_by(PART));
        let there = {
            let _turn = tail.readers.acquire().await;
            look(&pool, &context).await?
        };
        let last = match after {
            Some(after) if after < there.before || after > there.last => return Err(pruned()),
            Some(after) => after,
            None => there.last,
        };
        let live_from = tail.begin(&pool, &context, there.last);
        Ok(Self {
            is_behind: last < there.last || last < live_from,
            tail,
            live,
            pool,
            context,
            customer,
            last,
            newest: last,
            page: VecDeque::new(),
        })
    }

    /// The next event of which `is_wanted`. To be waited for to the end.
    pub async fn next(&mut self, is_wanted: impl Fn(&Event) -> bool) -> AppResult<Delivery> {
        loop {
            let event = self.following().await?;
            if event.is_for(self.customer) && is_wanted(&event) {
                let turns = Arc::clone(&self.tail.turns);
                let turn = turns.acquire_owned().await.map_err(AppError::internal)?;
                self.last = event.id;
                return Ok(Delivery { event, _turn: turn });
            }
            self.last = event.id;
        }
    }

    /// The event behind the last one.
    async fn following(&mut self) -> AppResult<Arc<Event>> {
        loop {
            while let Some(event) = self.page.pop_front() {
                if event.id > self.last {
                    return Ok(event);
                }
            }
            if self.is_behind {
                self.turn_page().await?;
                continue;
            }
            match self.live.recv().await {
                Ok(event) if event.id <= self.last => {}
                Ok(event) if event.id == self.last.next() => return Ok(event),
                Ok(event) => {
                    self.newest = event.id;
                    self.is_behind = true;
                }
                Err(broadcast::error::RecvError::Lagged(_)) => self.is_behind = true,
                Err(broadcast::error::RecvError::Closed) => {
                    return Err(AppError::internal("nobody reads events any more"));
                }
            }
        }
    }

    /// Reads on from the table. What is committed after a page that is not full comes
    /// live.
    async fn turn_page(&mut self) -> AppResult<()> {
        let events = self.read_page().await?;
        let is_whole = match events.first() {
            Some(first) => first.id == self.last.next(),
            None => self.newest <= self.last,
        };
        if !is_whole {
            return Err(pruned());
        }
        self.is_behind = i64::try_from(events.len()).is_ok_and(|count| count >= PAGE);
        self.page = events.into_iter().map(Arc::new).collect();
        Ok(())
    }

    /// A page; waited for while the database is away or has too much to do.
    async fn read_page(&self) -> AppResult<Vec<Event>> {
        loop {
            let read = {
                let _turn = self.tail.readers.acquire().await;
                tail::page(&self.pool, &self.context, self.last).await
            };
            match read {
                Ok(events) => return Ok(events),
                Err(error) if is_passing(&error) => sleep(RETRY).await,
                Err(error) => return Err(error.into()),
            }
        }
    }
}

async fn look(pool: &TenantPool, context: &Arc<TenantContext>) -> DbResult<Extent> {
    let count = StatementCount::default();
    let begun = pool.begin(Arc::clone(context), Access::Read, &count).await;
    let mut tx = begun?;
    let there = extent(&mut tx).await?;
    tx.release();
    Ok(there)
}

const fn is_passing(error: &DbError) -> bool {
    matches!(
        error,
        DbError::Away(_) | DbError::Timeout(_) | DbError::PoolTimeout | DbError::DealerBusy
    )
}

fn pruned() -> AppError {
    let message = "the events behind this id are not kept any more, or it was given before the \
                   dealer was restored; read anew, and subscribe without afterEventId";
    AppError::new(ErrorCode::EventsPruned, message)
}
