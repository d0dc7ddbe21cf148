//! A value is that of the reader's snapshot, whoever has worked it out and when.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tubex::db::error::DbResult;
use tubex::db::observe::StatementCount;
use tubex::dealer::catalog::products::events::{ProductFacts, ProductUpdated};
use tubex::dealer::catalog::products::model::ProductId;
use tubex::dealer::stock::warehouses::events::{WarehouseFacts, WarehouseUpdated};
use tubex::dealer::stock::warehouses::model::WarehouseId;
use tubex::tenancy::cache::{Area, Cache, Cached};
use tubex::tenancy::shared_tx::Work;
use tubex::tenancy::{Access, SharedTx, TenantPool, TenantTx};
use uuid::Uuid;

use crate::support::{Server, TestDealer};

const PRODUCTS: Area = Area {
    name: "products of a test",
    changed_by: &["product"],
};

/// The number of the last event that a snapshot sees, as long as no product changes.
#[derive(Default)]
struct Probe {
    number: usize,
    padding: usize,
    /// How long it takes.
    pause: Duration,
    worked_out: AtomicUsize,
}

/// What is asked, and not how often it was answered.
impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Probe({})", self.number)
    }
}

impl Cached for &Probe {
    type Value = (i64, String);

    fn area(&self) -> &'static Area {
        &PRODUCTS
    }

    async fn work_out(&self, tx: &mut TenantTx) -> DbResult<Self::Value> {
        self.worked_out.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(self.pause).await;
        Ok((tx.last_event().await?.number(), "x".repeat(self.padding)))
    }
}

impl Probe {
    fn times(&self) -> usize {
        self.worked_out.load(Ordering::Relaxed)
    }
}

/// A dealer and his node, with a cache of the test's own.
struct Stand {
    server: Server,
    dealer: TestDealer,
    cache: Cache,
    pool: TenantPool,
}

impl Stand {
    async fn open(bytes: u64) -> Self {
        let server = Server::start().await;
        let dealer = server.dealer().await;
        let cache = Cache::new(bytes, None).ok().unwrap();
        let pool = server.app.tenants.clone().with_cache(Some(cache.clone()));
        let stand = Self {
            server,
            dealer,
            cache,
            pool,
        };
        stand.change_product().await;
        stand
    }

    async fn transaction(&self, access: Access) -> SharedTx {
        let directory = &self.server.app.directory;
        let context = directory.admit_system(self.dealer.id, "test").await;
        let work = Work {
            request: Uuid::new_v4(),
            count: StatementCount::default(),
        };
        SharedTx::new(self.pool.clone(), Arc::new(context.unwrap()), access, work)
    }

    /// What somebody reads who begins now.
    async fn read(&self, probe: &Probe) -> i64 {
        let tx = self.transaction(Access::Read).await;
        let (seen, _) = tx.cached(probe).await.unwrap();
        tx.rollback().await.unwrap();
        seen
    }

    /// The last event, as the table has it.
    async fn now(&self) -> i64 {
        let tx = self.transaction(Access::Read).await;
        let last = tx.lock().await.unwrap().last_event().await.unwrap();
        tx.rollback().await.unwrap();
        last.number()
    }

    async fn change_product(&self) {
        let tx = self.transaction(Access::Write).await;
        tx.lock().await.unwrap().emit(&ProductUpdated(ProductFacts {
            product: ProductId::generate(),
            sku: "SKU".to_owned(),
            name: "Goods".to_owned(),
            record_version: 1,
        }));
        tx.commit().await.unwrap();
    }

    /// Changes a warehouse so many times, in one transaction.
    async fn change_warehouse(&self, times: usize) {
        let tx = self.transaction(Access::Write).await;
        for _ in 0..times {
            tx.lock()
                .await
                .unwrap()
                .emit(&WarehouseUpdated(WarehouseFacts {
                    warehouse: WarehouseId::generate(),
                    code: "W".to_owned(),
                    name: "Yard".to_owned(),
                    record_version: 1,
                }));
        }
        tx.commit().await.unwrap();
    }
}

const ROOM: u64 = 1 << 20;

#[tokio::test]
async fn an_older_snapshot_is_shown_nothing_that_came_after_it() {
    let (stand, probe) = (Stand::open(ROOM).await, Probe::default());
    let before = stand.now().await;
    let old = stand.transaction(Access::Read).await;
    // From here on it stands still.
    old.lock().await.unwrap().last_event().await.unwrap();
    stand.change_product().await;
    assert_eq!(stand.read(&probe).await, before + 1);
    assert_eq!(old.cached(&probe).await.unwrap().0, before);
    assert_eq!(old.cached(&probe).await.unwrap().0, before);
    // Nor does what it has read stand in the way of others.
    let worked_out = probe.times();
    assert_eq!(stand.read(&probe).await, before + 1);
    assert_eq!(probe.times(), worked_out);
    old.rollback().await.unwrap();
}

#[tokio::test]
async fn a_reader_does_not_disagree_with_himself() {
    let (stand, probe) = (Stand::open(ROOM).await, Probe::default());
    let before = stand.now().await;
    let reader = stand.transaction(Access::Read).await;
    assert_eq!(reader.cached(&probe).await.unwrap().0, before);
    stand.change_product().await;
    stand.read(&probe).await;
    let other = Probe {
        number: 1,
        ..Probe::default()
    };
    assert_eq!(stand.read(&other).await, before + 1);
    assert_eq!(reader.cached(&other).await.unwrap().0, before);
    reader.rollback().await.unwrap();
}

#[tokio::test]
async fn only_what_may_change_a_value_has_it_worked_out_again() {
    let (stand, probe) = (Stand::open(ROOM).await, Probe::default());
    let first = stand.read(&probe).await;
    stand.change_warehouse(3).await;
    assert_eq!((stand.read(&probe).await, probe.times()), (first, 1));
    stand.change_product().await;
    let second = stand.now().await;
    assert_eq!((stand.read(&probe).await, probe.times()), (second, 2));
    // More than is looked through at once: it might have been among them.
    stand.change_warehouse(700).await;
    let third = stand.now().await;
    assert_eq!((stand.read(&probe).await, probe.times()), (third, 3));
    assert_eq!((stand.read(&probe).await, probe.times()), (third, 3));
}

#[tokio::test]
async fn who_changes_something_reads_the_tables() {
    let (stand, probe) = (Stand::open(ROOM).await, Probe::default());
    stand.read(&probe).await;
    let writer = stand.transaction(Access::Write).await;
    for times in 2..4 {
        writer.cached(&probe).await.unwrap();
        assert_eq!(probe.times(), times);
    }
    writer.rollback().await.unwrap();
    assert_eq!(stand.cache.figures().passed_by.get(), 2);
    stand.read(&probe).await;
    assert_eq!(probe.times(), 3);
}

#[tokio::test]
async fn a_slow_value_is_worked_out_by_one_of_many() {
    let stand = Stand::open(ROOM).await;
    let probe = Probe {
        pause: Duration::from_millis(200),
        ..Probe::default()
    };
    let seen = join_all((0..32).map(|_| stand.read(&probe))).await;
    assert!(seen.iter().all(|number| *number == seen[0]));
    assert_eq!(probe.times(), 1);
}

#[tokio::test]
async fn another_goes_on_where_one_goes_away() {
    let stand = Stand::open(ROOM).await;
    let probe = Probe {
        pause: Duration::from_millis(300),
        ..Probe::default()
    };
    let left = tokio::time::timeout(Duration::from_millis(150), stand.read(&probe));
    let (left, stayed) = tokio::join!(left, async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        stand.read(&probe).await
    });
    assert!(left.is_err());
    assert_eq!(stayed, stand.now().await);
    assert_eq!(probe.times(), 2);
}

#[tokio::test]
async fn memory_is_bounded() {
    let stand = Stand::open(64 << 10).await;
    let reader = stand.transaction(Access::Read).await;
    for number in 0..200 {
        let probe = Probe {
            number,
            padding: 2_000,
            ..Probe::default()
        };
        reader.cached(&probe).await.unwrap();
    }
    reader.rollback().await.unwrap();
    let bytes = stand.cache.bytes();
    assert!((1..=64 << 10).contains(&bytes), "{bytes}");
}
