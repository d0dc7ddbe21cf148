//! The request pool: homes, neighbours, shares, wear.

mod abandoned;
mod silent;
mod statements;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use secrecy::ExposeSecret;
use tubex::db::error::DbError;
use tubex::db::home_metrics::HomeMetrics;
use tubex::db::homes::HomeSettings;
use tubex::db::observe::StatementCount;
use tubex::events::EventBus;
use tubex::kernel::clock::Clock;
use tubex::tenancy::{Access, TenantContext, TenantPool, TenantTx};

use crate::support::{Server, owner, request_settings};

struct Pool {
    pool: TenantPool,
    contexts: Vec<Arc<TenantContext>>,
}

impl Pool {
    /// A pool of a test's own and some dealers.
    async fn with(dealers: usize, change: impl FnOnce(&mut HomeSettings)) -> Self {
        let server = Server::start().await;
        let mut settings = HomeSettings {
            url: request_settings().await.database_url,
            session_setup: "SET search_path = ''".to_owned(),
            size: 4,
            wait: Duration::from_secs(20),
            answer: Duration::from_secs(20),
            queue_per_dealer: 10,
            transaction_setup: String::new(),
            keep_plans: true,
            statements_per_backend: 1000,
            memory_per_backend: u64::MAX,
            dealers_per_backend: 100,
            max_age: Duration::from_mins(10),
        };
        change(&mut settings);
        let core = &server.app.core;
        let pool = TenantPool::new(
            &core.connector,
            settings,
            EventBus::local(),
            Clock::system(),
        );
        let mut contexts = Vec::new();
        for _ in 0..dealers {
            let id = server.dealer().await.id;
            let context = server.app.directory.admit_system(id, "test").await.unwrap();
            contexts.push(Arc::new(context));
        }
        Self { pool, contexts }
    }

    async fn begin(&self, dealer: usize) -> Result<TenantTx, DbError> {
        self.begin_to(dealer, Access::Read).await
    }

    async fn begin_to(&self, dealer: usize, access: Access) -> Result<TenantTx, DbError> {
        let context = Arc::clone(&self.contexts[dealer]);
        let count = StatementCount::default();
        self.pool.begin(context, access, &count).await
    }

    /// One request, from begin to end.
    async fn request(&self, dealer: usize) {
        let mut tx = self.begin(dealer).await.unwrap();
        tx.batch_execute("SELECT count(*) FROM products")
            .await
            .unwrap();
        tx.rollback().await.unwrap();
    }

    fn metric(&self, which: impl FnOnce(&HomeMetrics) -> &std::sync::atomic::AtomicU64) -> u64 {
        which(self.pool.metrics()).load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn a_dealer_alone_stays_at_his_home() {
    let pool = Pool::with(1, |_settings| {}).await;
    for _ in 0..20 {
        pool.request(0).await;
    }
    assert_eq!(pool.metric(|m| &m.home), 20);
    assert_eq!(pool.metric(|m| &m.opened), 1);
    assert_eq!(pool.pool.connections(), (1, 0));
}

#[tokio::test]
async fn a_neighbour_takes_over_while_the_home_is_busy() {
    let pool = Pool::with(1, |_settings| {}).await;
    let held = pool.begin(0).await.unwrap();
    pool.request(0).await;
    assert_eq!(pool.metric(|m| &m.stolen), 1);
    held.rollback().await.unwrap();
    pool.request(0).await;
    assert_eq!(pool.metric(|m| &m.stolen), 1);
}

#[tokio::test]
async fn a_dealers_flood_is_turned_away_and_others_are_served() {
    let pool = Pool::with(2, |settings| {
        settings.size = 8;
        settings.queue_per_dealer = 2;
    })
    .await;
    // Four at work: his home and three neighbours. Two wait.
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(pool.begin(0).await.unwrap());
    }
    let waiting = futures_util::future::join(pool.begin(0), pool.begin(0));
    let flood = async {
        // Polled after the two that wait.
        let refused = pool.begin(0).await;
        assert!(matches!(refused, Err(DbError::DealerBusy)));
        pool.request(1).await;
        for tx in held {
            tx.rollback().await.unwrap();
        }
    };
    let ((a, b), ()) = futures_util::future::join(waiting, flood).await;
    a.unwrap().rollback().await.unwrap();
    b.unwrap().rollback().await.unwrap();
    assert_eq!(pool.metric(|m| &m.turned_away), 1);
    assert_eq!(pool.pool.connections().1, 0);
}

#[tokio::test]
async fn a_connection_that_has_met_many_dealers_is_replaced() {
    let pool = Pool::with(5, |settings| {
        settings.size = 1;
        settings.dealers_per_backend = 2;
    })
    .await;
    for dealer in 0..5 {
        pool.request(dealer).await;
    }
    // After the third dealer; the last two are met by the next.
    assert_eq!(pool.metric(|m| &m.recycled), 1);
    assert_eq!(pool.metric(|m| &m.opened), 2);
}

#[tokio::test]
async fn connections_that_died_while_at_rest_are_replaced_unseen() {
    let name = format!("died-{}", uuid::Uuid::new_v4().simple());
    let pool = Pool::with(3, |settings| {
        let url = format!("{}?application_name={name}", settings.url.expose_secret());
        settings.url = url.into();
    })
    .await;
    for dealer in 0..3 {
        pool.request(dealer).await;
    }
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                WHERE application_name = $1";
    let killed: i64 = owner()
        .await
        .query_one(kill, &[&name])
        .await
        .unwrap()
        .get(0);
    assert!(killed > 0);
    for dealer in 0..3 {
        pool.request(dealer).await;
    }
}
