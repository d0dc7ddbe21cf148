//! The request pool: few backends, and a home among them for each dealer.
//!
//! What a backend has learnt of a dealer's schema (its catalogue rows, its
//! plans) stays in that backend and costs milliseconds to learn anew. So a
//! dealer's work goes to his home backend, chosen by hash. While the home is
//! busy, a neighbour that knows the dealer takes over at once, and after a short
//! wait any of his neighbours does. They are few, so a dealer is known to few
//! backends, and a backend knows few dealers. Only while all of them are held for
//! long does he go elsewhere.
//!
//! What a backend has learnt is never given back to the system, so backends are
//! closed when they have grown old or have met too many dealers.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, timeout, timeout_at};

use super::connect::Connector;
use super::error::{DbError, DbResult};
use super::shares::{Place, QueueFull, Shares};
use crate::kernel::ids::DealerId;

/// How long a dealer waits for his home before a neighbour takes him in.
const STEAL_AFTER: Duration = Duration::from_millis(2);
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
    /// Backends.
    pub size: usize,
    /// Longest wait for one.
    pub wait: Duration,
    /// Requests of one dealer that may wait for his places.
    pub queue_per_dealer: usize,
    /// Whether a dealer's statements are his own, so that their plans stay.
    pub keep_plans: bool,
    /// Dealers a backend may meet before it is closed.
    pub dealers_per_backend: usize,
    /// Age at which a backend is closed.
    pub max_age: Duration,
}

/// What the pool has done so far.
#[derive(Debug, Default)]
pub struct HomeMetrics {
    /// Leases at the dealer's home.
    pub home: AtomicU64,
    /// Leases elsewhere: at a neighbour, or anywhere when all of those were held.
    pub stolen: AtomicU64,
    /// Connections opened.
    pub opened: AtomicU64,
    /// Connections closed for their age or their dealers.
    pub recycled: AtomicU64,
    /// Requests turned away because their dealer's queue was full.
    pub turned_away: AtomicU64,
}

/// One backend's place in the pool.
#[derive(Default)]
struct Slot {
    backend: Option<Backend>,
}

struct Backend {
    conn: AsyncPgConnection,
    met: HashSet<DealerId>,
    opened: Instant,
}

/// The request pool.
#[derive(Clone)]
pub(crate) struct Homes {
    connector: Connector,
    settings: Arc<HomeSettings>,
    slots: Arc<[Arc<Mutex<Slot>>]>,
    shares: Shares,
    metrics: Arc<HomeMetrics>,
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
            hasher: std::hash::RandomState::new(),
        }
    }

    /// A connection for work on `dealer`, as it was left or freshly opened.
    pub(crate) async fn lease(&self, dealer: DealerId) -> DbResult<Lease> {
        let deadline = Instant::now() + self.settings.wait;
        let place = timeout_at(deadline, self.shares.take(dealer))
            .await
            .map_err(|_elapsed| DbError::PoolTimeout)?
            .map_err(|QueueFull| {
                self.metrics.turned_away.fetch_add(1, Ordering::Relaxed);
                DbError::DealerBusy
            })?;
        let mut slot = self.slot(dealer, deadline).await?;
        // Taken out of its slot, where only `give_back` puts it again.
        let mut backend = match slot.backend.take() {
            Some(backend) => backend,
            None => self.open(deadline).await?,
        };
        backend.met.insert(dealer);
        Ok(Lease {
            backend: Some(backend),
            slot,
            pool: self.clone(),
            _place: place,
        })
    }

    /// Whether the database lets the request role in.
    pub(crate) async fn check(&self) -> DbResult<()> {
        let mut backend = self.open(Instant::now() + self.settings.wait).await?;
        Ok(backend.conn.batch_execute("SELECT 1").await?)
    }

    pub(crate) fn keeps_plans(&self) -> bool {
        self.settings.keep_plans
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

    /// Dealers with work under way.
    pub(crate) fn busy_dealers(&self) -> usize {
        self.shares.dealers()
    }

    async fn slot(&self, dealer: DealerId, deadline: Instant) -> DbResult<OwnedMutexGuard<Slot>> {
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
        if let Ok(slot) = timeout(STEAL_AFTER, Arc::clone(home).lock_owned()).await {
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
        let url = self.settings.url.expose_secret();
        let opening = self.connector.connect(url, &self.settings.session_setup);
        let conn = timeout_at(deadline, opening)
            .await
            .map_err(|_elapsed| DbError::Away("connecting took too long".to_owned()))?
            .map_err(|error| DbError::Away(error.to_string()))?;
        self.metrics.opened.fetch_add(1, Ordering::Relaxed);
        Ok(Backend {
            conn,
            met: HashSet::new(),
            opened: Instant::now(),
        })
    }

    fn is_worn(&self, backend: &Backend) -> bool {
        backend.met.len() > self.settings.dealers_per_backend
            || backend.opened.elapsed() > self.settings.max_age
    }
}

impl Slot {
    fn knows(&self, dealer: DealerId) -> bool {
        let backend = self.backend.as_ref();
        backend.is_some_and(|backend| backend.met.contains(&dealer))
    }
}

/// A connection on its way between pool and pool.
///
/// Dropped, it closes the connection; [`Lease::give_back`] is the only way to
/// reuse it.
pub(crate) struct Lease {
    backend: Option<Backend>,
    slot: OwnedMutexGuard<Slot>,
    pool: Homes,
    _place: Place,
}

impl Lease {
    /// The connection.
    #[expect(
        clippy::unreachable,
        reason = "only give_back takes it, and ends the lease"
    )]
    pub(crate) fn conn(&mut self) -> &mut AsyncPgConnection {
        match &mut self.backend {
            Some(backend) => &mut backend.conn,
            None => unreachable!("the lease has ended"),
        }
    }

    /// Whether the connection is of no more use.
    pub(crate) fn is_broken(&mut self) -> bool {
        self.conn().is_broken()
    }

    /// Returns the connection for others to use: it must be in no transaction.
    pub(crate) fn give_back(mut self) {
        match self.backend.take() {
            Some(backend) if self.pool.is_worn(&backend) => {
                self.pool.metrics.recycled.fetch_add(1, Ordering::Relaxed);
            }
            kept => self.slot.backend = kept,
        }
    }
}
