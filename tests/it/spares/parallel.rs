//! Many who register at the same moment.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tubex::tenancy::directory::DealerStatus;

use super::Depot;
use crate::support::own_settings;

const AT_ONCE: usize = 32;

/// Of one connection: a chunk has some dozens; a whole schema of forty tables would
/// have hundreds.
const MOST_LOCKS: i64 = 150;

/// Those of the one who has most. The cluster is shared with other tests.
const LOCKS: &str = "SELECT coalesce(max(held), 0)::bigint FROM (
    SELECT count(*) AS held FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE datname = current_database() GROUP BY pid) AS one";

async fn depot(name: &'static str) -> Depot {
    let mut settings = own_settings(name).await;
    settings.control_pool_size = 8;
    settings.owner_pool_size = 4;
    // A loaded machine is no fault.
    settings.pool_wait_ms = Duration::from_mins(1);
    Depot::of(settings).await
}

/// All of them are open, each with a schema of his own.
async fn register_at_once(depot: &Depot) {
    let most_locks = AtomicI64::new(0);
    let watch = async {
        loop {
            let locks = depot.number(LOCKS).await;
            most_locks.fetch_max(locks, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let registrations = join_all((0..AT_ONCE).map(|number| depot.register(number)));
    let registered = tokio::select! {
        registered = registrations => registered,
        () = watch => Vec::new(),
    };
    let schemas: BTreeSet<_> = registered
        .iter()
        .map(|one| one.dealer.schema.as_str())
        .collect();
    assert_eq!(schemas.len(), AT_ONCE);
    let is_open = |dealer: &tubex::tenancy::directory::Dealer| {
        dealer.status == DealerStatus::Active && dealer.version.is_some()
    };
    assert!(registered.iter().all(|one| is_open(&one.dealer)));
    let unfinished = "SELECT count(*) FROM platform.dealers WHERE status = 'PROVISIONING'";
    assert_eq!(depot.number(unfinished).await, 0);
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(depot.number(deadlocks).await, 0);
    let most_locks = most_locks.into_inner();
    assert!(most_locks < MOST_LOCKS, "{most_locks} locks");
}

#[tokio::test]
async fn with_spares_each_gets_one() {
    let depot = depot("parallel_spares").await;
    depot.fill(AT_ONCE).await;
    let before = depot.schemas().await;
    register_at_once(&depot).await;
    assert_eq!(depot.schemas().await, before);
    assert_eq!(depot.stock().await.whole, 0);
}

#[tokio::test]
async fn without_spares_each_has_his_made() {
    let depot = depot("parallel_direct").await;
    register_at_once(&depot).await;
    let left = "SELECT count(*) FROM platform.schema_builds";
    assert_eq!(depot.number(left).await, 0);
}

#[tokio::test]
async fn with_too_few_spares_some_have_theirs_made() {
    let depot = depot("parallel_mixed").await;
    depot.fill(8).await;
    // The filler goes on meanwhile, as it would.
    let ((), refill) = tokio::join!(register_at_once(&depot), depot.fill(8));
    assert!(refill.failed.is_empty());
    let stock = depot.fill(8).await;
    assert!(stock.failed.is_empty());
    assert!(depot.stock().await.whole >= 8);
}
