//! Numbers that many ask for and that seldom change, worked out once.
//!
//! A value is good for a snapshot, and not for a while: it is kept with the span of events,
//! by their numbers, in which nothing happened that could change it (`span`). A reader
//! knows from his own snapshot what happened up to it (`known`), and takes the value only
//! if both spans meet. So a reader never sees a number that differs from the rest of what
//! he reads, on whichever node it was worked out, and nobody has to be told that it is old.
//!
//! ```text
//! SharedTx::cached ──▶ View of the snapshot ──▶ memory ──▶ one flight a key ──▶ Redis ──▶ the tables
//! ```

mod entry;
mod known;
mod shared;
mod span;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache as Kept;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;

use self::entry::{Entry, Home};
use self::known::Known;
pub(super) use self::known::View;
use self::shared::Shared;
use self::span::{Span, Worth};
use super::tx::TenantTx;
use crate::db::error::DbResult;
use crate::error::AppResult;
use crate::events::RedisError;
use crate::kernel::metric::Counter;

/// In each level. For what no event tells: rows that somebody changed by hand, a database that
/// lost its last commits.
const KEPT_FOR: Duration = Duration::from_mins(1);
/// What a value takes beside its text and its key, in bytes.
const OVERHEAD: usize = 160;
/// Longest text of a value that goes to Redis, in bytes.
const MOST_SHARED: usize = 16 * 1024;
/// Longest wait for somebody who works the same value out; the tables answer as well.
const MOST_WAIT: Duration = Duration::from_secs(2);
/// Dealers of whom it is known what happened last.
const MOST_DEALERS: u64 = 4_000;
/// Keys under which somebody is at work.
const MOST_FLIGHTS: u64 = 10_000;

/// A part of what dealers read, and what may change it.
#[derive(Debug)]
pub struct Area {
    /// Its name; another one where values come to mean something else.
    pub name: &'static str,
    /// The kinds of records in whose events a change of it shows.
    pub changed_by: &'static [&'static str],
}

/// A value that may be kept: what is asked, and how it is worked out.
///
/// Its `Debug` text is the key, beside the dealer, his time zone and the area. Nothing else
/// may count, least of all who asks: what not everybody may see is guarded by the fields
/// that show it.
pub trait Cached: Debug + Send + Sync {
    /// What is kept.
    type Value: Serialize + DeserializeOwned + Send + Sync;

    /// What may change it.
    fn area(&self) -> &'static Area;

    /// Whether nodes share it. Not what only who leafs on asks for: there is no end to it.
    fn is_shared(&self) -> bool {
        true
    }

    /// Reads it from the dealer's tables.
    fn work_out(&self, tx: &mut TenantTx) -> impl Future<Output = DbResult<Self::Value>> + Send;
}

/// What reads have cost and saved.
#[derive(Debug, Default)]
pub struct CacheFigures {
    /// Values found in memory.
    pub hits: Counter,
    /// Values found in Redis, where another node put them.
    pub shared_hits: Counter,
    /// Values worked out.
    pub misses: Counter,
    /// Values worked out for who may not be given kept ones: changes, people of customers.
    pub passed_by: Counter,
    /// Values in memory replaced since something had happened.
    pub outdated: Counter,
}

/// Keeps values in the memory of this node, and in Redis if there is one.
#[derive(Clone)]
pub struct Cache(Arc<Levels>);

struct Levels {
    values: Kept<Entry, Arc<Worth>>,
    known: Kept<Home, Arc<Known>>,
    flights: Kept<Entry, Arc<tokio::sync::Mutex<()>>>,
    shared: Option<Shared>,
    figures: CacheFigures,
}

impl Cache {
    /// Keeps so many bytes in memory, and as much as it likes in Redis.
    pub fn new(bytes: u64, redis: Option<&SecretString>) -> Result<Self, RedisError> {
        let shared = redis.map(|url| Shared::start(url.expose_secret(), KEPT_FOR));
        let weight = |entry: &Entry, worth: &Arc<Worth>| {
            let bytes = entry.weight() + worth.text.len() + OVERHEAD;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let values = Kept::builder().max_capacity(bytes).weigher(weight);
        let known = Kept::builder().max_capacity(MOST_DEALERS);
        let flights = Kept::builder().max_capacity(MOST_FLIGHTS);
        Ok(Self(Arc::new(Levels {
            values: values.time_to_live(KEPT_FOR).build(),
            known: known.time_to_live(KEPT_FOR).build(),
            flights: flights.time_to_idle(KEPT_FOR).build(),
            shared: shared.transpose()?,
            figures: CacheFigures::default(),
        })))
    }

    /// What it has done so far.
    pub fn figures(&self) -> &CacheFigures {
        &self.0.figures
    }

    /// Bytes of the values in memory.
    pub fn bytes(&self) -> u64 {
        self.0.values.run_pending_tasks();
        self.0.values.weighted_size()
    }

    /// Times that Redis gave no answer, and whether it gives none of late; nothing where there
    /// is none.
    pub fn redis(&self) -> Option<(u64, bool)> {
        let shared = self.0.shared.as_ref();
        shared.map(|shared| (shared.failures.get(), shared.is_away()))
    }

    /// What the snapshot of `tx` knows of what has happened at its dealer: one statement.
    pub(super) async fn view(&self, tx: &mut TenantTx) -> AppResult<View> {
        let home = Home::of(tx.context());
        let known = self.0.known.get(&home).unwrap_or_default();
        let view = View::read(tx, &known).await?;
        if view.is_news_to(&known) {
            self.0.known.insert(home, Arc::clone(view.known()));
        }
        Ok(view)
    }

    /// The value behind `key`, as the snapshot of `view` would have it.
    pub(super) async fn get<K: Cached>(
        &self,
        key: &K,
        view: &View,
        tx: &super::SharedTx,
    ) -> AppResult<K::Value> {
        let Some(span) = view.span(key.area()) else {
            return self.pass_by(key, &mut *tx.lock().await?).await;
        };
        let entry = Entry::of(tx.context(), key.area(), key);
        if let Some(value) = self.in_memory(&entry, span) {
            return Ok(value);
        }
        // The transaction first: whoever works it out must not have to wait for a field beside
        // his own while others wait for him.
        let mut tx = tx.lock().await?;
        // Whoever comes first works it out, and may go away while he does, or take long.
        let _flight = timeout(MOST_WAIT, self.flight(&entry)).await.ok();
        if let Some(value) = self.in_memory(&entry, span) {
            return Ok(value);
        }
        if key.is_shared()
            && let Some(value) = self.in_redis(&entry, span).await
        {
            return Ok(value);
        }
        let value = key.work_out(&mut tx).await?;
        drop(tx);
        self.0.figures.misses.add_one();
        self.keep(entry, (span, key.is_shared()), &value).await;
        Ok(value)
    }

    /// Works out what is not kept.
    pub(super) async fn pass_by<K: Cached>(
        &self,
        key: &K,
        tx: &mut TenantTx,
    ) -> AppResult<K::Value> {
        self.0.figures.passed_by.add_one();
        Ok(key.work_out(tx).await?)
    }

    fn in_memory<T: DeserializeOwned>(&self, entry: &Entry, span: Span) -> Option<T> {
        let worth = self.0.values.get(entry)?;
        let value = judged(&worth, span)?;
        self.0.figures.hits.add_one();
        Some(value)
    }

    async fn in_redis<T: DeserializeOwned>(&self, entry: &Entry, span: Span) -> Option<T> {
        let shared = self.0.shared.as_ref()?;
        let worth = Worth::read(&shared.get(&entry.text()).await?)?;
        let value = judged(&worth, span)?;
        self.0.figures.shared_hits.add_one();
        self.store(entry.clone(), Arc::new(worth));
        Some(value)
    }

    async fn keep<T: Serialize>(&self, entry: Entry, (span, is_shared): (Span, bool), value: &T) {
        let Ok(text) = serde_json::to_string(value) else {
            return;
        };
        let worth = Arc::new(Worth { span, text });
        let shared = self.0.shared.as_ref();
        let shared = shared.filter(|_| is_shared && worth.text.len() <= MOST_SHARED);
        if let Some(shared) = shared {
            shared.set(&entry.text(), &worth.written()).await;
        }
        self.store(entry, worth);
    }

    /// Keeps a value, unless a reader who began later has put a newer one there.
    fn store(&self, entry: Entry, worth: Arc<Worth>) {
        if let Some(kept) = self.0.values.get(&entry) {
            if kept.span.since > worth.span.through {
                return;
            }
            self.0.figures.outdated.add_one();
        }
        self.0.values.insert(entry, worth);
    }

    async fn flight(&self, entry: &Entry) -> OwnedMutexGuard<()> {
        let turn = self.0.flights.get_with_by_ref(entry, Arc::default);
        turn.lock_owned().await
    }
}

/// The value, if it is that of the reader's snapshot.
fn judged<T: DeserializeOwned>(worth: &Worth, span: Span) -> Option<T> {
    if !worth.span.meets(span) {
        return None;
    }
    serde_json::from_str(&worth.text).ok()
}
