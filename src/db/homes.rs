//! The request pool: few backends, and a home among them for each dealer.
//!
//! What a backend has learnt of a dealer's schema (its catalogue rows, its
//! plans) stays in that backend and costs milliseconds to learn anew. So a
//! dealer's work goes to his home backend, chosen by hash. While the home is
//! busy, a neighbour that knows the dealer takes over at once, and after a wait
//! any of his neighbours does: a short one if he himself keeps his home busy. They are few, so a dealer is known to few
//! backends, and a backend knows few dealers. Only while all of them are held for
//! long does he go elsewhere.
//!
//! What a backend has learnt is never given back to the system, so backends are
//! closed when they have grown old, have met too many dealers, or take more memory
//! than they may even without half of their statements.

mod check;
mod lease;

use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, timeout, timeout_at};

use super::backend::{Backend, Opener};
use super::connect::Connector;
use super::error::{DbError, DbResult};
use super::home_metrics::HomeMetrics;
use super::shares::{QueueFull, Shares};
use crate::kernel::ids::DealerId;

use lease::Hold;
pub(crate) use lease::Lease;

/// How long a dealer who keeps his home busy himself waits for it, before a
/// neighbour takes him in: he has work for several.
const STEAL_AFTER: Duration = Duration::from_millis(2);
/// How long one waits whose home works for others. Neighbours would first have to
/// learn his schema, which costs them milliseconds and memory; it pays only when
/// the others take long.
const STEAL_ALONE_AFTER: Duration = Duration::from_millis(20);
/// How long he waits for home and neighbours, before any backend will do: they
/// may all be held by somebody whose work takes long.
const ROAM_AFTER: Duration = Duration::from_millis(50);
/// Backends that may work for a dealer: his home and his neighbours.
const NEAR: usize = 4;

/// How the request pool is dimensioned.
#[derive(Clone, Debug)]
pub struct HomeSettings {
    /// Connection string of the request role.
    pub url: SecretString,
    /// Statements run once on each new connection.
    pub session_setup: String,
    /// Statements run at the start of each transaction, for what a pooler between
    /// here and the server would lose of the session's.
    pub transaction_setup: String,
    /// Backends.
    pub size: usize,
    /// Longest wait for one.
    pub wait: Duration,
    /// Longest wait for the answer to a statement; the connection is lost after it.
    pub answer: Duration,
    /// Requests of one dealer that may wait for his places.
    pub queue_per_dealer: usize,
    /// Whether a dealer's statements are his own, so that their plans stay.
    pub keep_plans: bool,
    /// Statements a backend keeps; the least recently used are closed.
    pub statements_per_backend: usize,
    /// Bytes a backend may take.
    pub memory_per_backend: u64,
    /// Dealers a backend may meet before it is closed.
    pub dealers_per_backend: usize,
    /// Age at which a backend is closed.
    pub max_age: Duration,
}

/// One backend's place in the pool.
#[derive(Default)]
struct Slot {
    backend: Option<Backend>,
    /// Leases until the backend is weighed.
    unweighed: u32,
}

/// The request pool.
#[derive(Clone)]
pub(crate) struct Homes {
    connector: Connector,
    settings: Arc<HomeSettings>,
    slots: Arc<[Arc<Mutex<Slot>>]>,
    shares: Shares,
    metrics: Arc<HomeMetrics>,
    checked: Arc<check::Checked>,
    hasher: std::hash::RandomState,
}

impl Homes {
    /// A pool whose backends are opened on first use.
    pub(crate) fn new(connector: &Connector, settings: HomeSettings) -> Self {
        let size = settings.size.max(1);
        let places = size.min(NEAR);
        Self {
            connector: connector.clone(),
            shares: Shares::new(places, settings.queue_per_dealer),
            slots: (0..size).map(|_| Arc::default()).collect(),
            settings: Arc::new(settings),
            metrics: Arc::default(),
            checked: Arc::default(),
            hasher: std::hash::RandomState::new(),
        }
    }

    /// Whether a dealer's request would be turned away at once.
    pub(crate) fn check_room(&self, dealer: DealerId) -> DbResult<()> {
        let room = self.shares.check(dealer);
        room.map_err(|QueueFull| self.turned_away())
    }

    fn turned_away(&self) -> DbError {
        self.metrics.turned_away.fetch_add(1, Ordering::Relaxed);
        DbError::DealerBusy
    }

    /// A connection for work on `dealer`, as it was left or freshly opened.
    pub(crate) async fn lease(&self, dealer: DealerId) -> DbResult<Lease> {
        let asked = Instant::now();
        let deadline = asked + self.settings.wait;
        let place = timeout_at(deadline, self.shares.take(dealer))
            .await
            .map_err(|_elapsed| DbError::PoolTimeout)?
            .map_err(|QueueFull| self.turned_away())?;
        let patience = if place.is_alone() {
            STEAL_ALONE_AFTER
        } else {
            STEAL_AFTER
        };
        let mut slot = self.slot(dealer, patience, deadline).await?;
        self.metrics.wait.record(asked.elapsed());
        // Taken out of its slot, where only `give_back` puts it again. A restart of
        // the server ends all connections at once.
        let kept = slot.backend.take().filter(|kept| !kept.is_closed());
        let hold = Hold {
            slot,
            _place: place,
        };
        match kept {
            Some(backend) => Ok(self.leased(dealer, backend, hold)),
            None => self.lease_opened(dealer, hold, deadline).await,
        }
    }

    fn leased(&self, dealer: DealerId, mut backend: Backend, hold: Hold) -> Lease {
        backend.meet(dealer);
        Lease {
            backend: Some(backend),
            hold: Some(hold),
            pool: self.clone(),
        }
    }

    /// Opens the connection of a slot that is held. It is finished even if the caller
    /// has gone: given up half-way, it would live on at the server for a while, and
    /// the slot would be free for one more.
    async fn lease_opened(
        &self,
        dealer: DealerId,
        hold: Hold,
        deadline: Instant,
    ) -> DbResult<Lease> {
        let pool = self.clone();
        let opening = async move {
            let backend = pool.open(deadline).await?;
            Ok(pool.leased(dealer, backend, hold))
        };
        self.connector.run(opening).await
    }

    pub(crate) fn settings(&self) -> &HomeSettings {
        &self.settings
    }

    pub(crate) fn connector(&self) -> &Connector {
        &self.connector
    }

    pub(crate) fn metrics(&self) -> &HomeMetrics {
        &self.metrics
    }

    /// Connections open at this moment; those at work count.
    pub(crate) fn open_connections(&self) -> usize {
        let is_open = |slot: &Arc<Mutex<Slot>>| match slot.try_lock() {
            Ok(slot) => slot.backend.is_some(),
            Err(_at_work) => true,
        };
        self.slots.iter().filter(|slot| is_open(slot)).count()
    }

    /// Statements kept by the backends that are not at work.
    pub(crate) fn plans(&self) -> usize {
        let plans = |slot: &Arc<Mutex<Slot>>| match slot.try_lock() {
            Ok(slot) => slot.backend.as_ref().map_or(0, Backend::plans),
            Err(_at_work) => 0,
        };
        self.slots.iter().map(plans).sum()
    }

    /// Dealers with work under way.
    pub(crate) fn busy_dealers(&self) -> usize {
        self.shares.dealers()
    }

    async fn slot(
        &self,
        dealer: DealerId,
        patience: Duration,
        deadline: Instant,
    ) -> DbResult<OwnedMutexGuard<Slot>> {
        let all = self.nearest(dealer);
        let near = all.get(..NEAR).unwrap_or(&all);
        let Some((home, neighbours)) = near.split_first() else {
            return Err(DbError::PoolTimeout);
        };
        if let Ok(slot) = Arc::clone(home).try_lock_owned() {
            return Ok(self.at_home(slot));
        }
        for neighbour in neighbours {
            if let Ok(slot) = Arc::clone(neighbour).try_lock_owned()
                && slot.knows(dealer)
            {
                return Ok(self.away(slot));
            }
        }
        if let Ok(slot) = timeout(patience, Arc::clone(home).lock_owned()).await {
            return Ok(self.at_home(slot));
        }
        if let Ok(slot) = timeout(ROAM_AFTER, self.first_free(near)).await {
            return Ok(slot);
        }
        let anywhere = timeout_at(deadline, self.first_free(&all)).await;
        anywhere.map_err(|_elapsed| DbError::PoolTimeout)
    }

    /// Whichever of `places` is free first; the first of them is the home.
    async fn first_free(&self, places: &[&Arc<Mutex<Slot>>]) -> OwnedMutexGuard<Slot> {
        let any = places
            .iter()
            .map(|place| Box::pin(Arc::clone(place).lock_owned()));
        match futures_util::future::select_all(any).await {
            (slot, 0, _) => self.at_home(slot),
            (slot, _, _) => self.away(slot),
        }
    }

    /// All backends in the order of a dealer's own: his home, his neighbours, the
    /// rest. Two dealers with the same home hardly have the same neighbours.
    fn nearest(&self, dealer: DealerId) -> Vec<&Arc<Mutex<Slot>>> {
        let mut slots: Vec<_> = self.slots.iter().enumerate().collect();
        slots.sort_by_cached_key(|(number, _)| self.hasher.hash_one((dealer, number)));
        slots.into_iter().map(|(_, slot)| slot).collect()
    }

    fn at_home(&self, slot: OwnedMutexGuard<Slot>) -> OwnedMutexGuard<Slot> {
        self.metrics.home.fetch_add(1, Ordering::Relaxed);
        slot
    }

    fn away(&self, slot: OwnedMutexGuard<Slot>) -> OwnedMutexGuard<Slot> {
        self.metrics.stolen.fetch_add(1, Ordering::Relaxed);
        slot
    }

    async fn open(&self, deadline: Instant) -> DbResult<Backend> {
        let opener = Opener {
            connector: self.connector.clone(),
            settings: Arc::clone(&self.settings),
            metrics: Arc::clone(&self.metrics),
        };
        let opening = Backend::open(opener, self.settings.statements_per_backend);
        timeout_at(deadline, opening)
            .await
            .map_err(|_elapsed| DbError::Away("connecting took too long".to_owned()))?
            .map_err(|error| DbError::Away(error.to_string()))
    }

    /// Whether a pooler changes the server connection with each transaction.
    fn is_pooled(&self) -> bool {
        !self.settings.transaction_setup.is_empty()
    }

    fn is_worn(&self, backend: &Backend) -> bool {
        backend.dealers_met() > self.settings.dealers_per_backend
            || backend.opened().elapsed() > self.settings.max_age
    }

    /// Has a backend close half of its statements if it takes more memory than it
    /// may; says whether it is worth keeping.
    async fn weigh(&self, backend: &mut Backend) -> bool {
        // Behind a pooler it would be any server process, and not ours to replace.
        if self.is_pooled() {
            return true;
        }
        let budget = self.settings.memory_per_backend;
        let Some(bytes) = backend.memory().await else {
            return true;
        };
        self.metrics.weighed(bytes);
        if bytes <= budget {
            return true;
        }
        backend.statements().shrink();
        let rest = backend.memory().await;
        rest.is_some_and(|bytes| bytes <= budget)
    }
}

impl Slot {
    fn knows(&self, dealer: DealerId) -> bool {
        let backend = self.backend.as_ref();
        backend.is_some_and(|backend| backend.has_met(dealer))
    }
}
