//! Requests that are given up while the database works for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use secrecy::ExposeSecret;
use tubex::db::connect::Connector;
use tubex::db::control::ControlPool;
use tubex::db::error::DbError;
use tubex::db::pool::PoolSettings;
use tubex::tenancy::Access;
use uuid::Uuid;

use super::Pool;
use crate::support::{owner, request_settings, until};

/// A pool whose connections can be told apart by `name`.
async fn named(name: &str, size: usize) -> Pool {
    Pool::with(1, |settings| {
        let url = format!("{}?application_name={name}", settings.url.expose_secret());
        settings.url = url.into();
        settings.size = size;
    })
    .await
}

const COUNT: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1";
const PIDS: &str = "SELECT array_agg(pid ORDER BY pid) FROM pg_stat_activity \
                    WHERE application_name = $1 AND usename = 'tubex_app'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_them_on_a_locked_table_opens_no_more_connections_than_there_are_places() {
    let name = format!("storm-{}", Uuid::new_v4().simple());
    let pool = Arc::new(named(&name, 4).await);
    let schema = pool.contexts[0].dealer().schema.as_str().to_owned();
    let (holder, watcher) = (owner().await, owner().await);
    holder
        .batch_execute(&format!("BEGIN; LOCK TABLE {schema}.products"))
        .await
        .unwrap();
    let is_over = AtomicBool::new(false);
    let given_up = async {
        for _ in 0..90 {
            let some = (0..8).map(|_| async {
                let work = async {
                    let mut tx = pool.begin(0).await?;
                    let counted = tx.batch_execute("SELECT count(*) FROM products").await;
                    counted.map_err(DbError::from)
                };
                let given_up = tokio::time::timeout(Duration::from_millis(40), work).await;
                assert!(!matches!(given_up, Ok(Ok(()))), "the table was not locked");
            });
            futures_util::future::join_all(some).await;
        }
        is_over.store(true, Ordering::Relaxed);
    };
    let watch = async {
        let mut most = 0_i64;
        while !is_over.load(Ordering::Relaxed) {
            let row = watcher.query_one(COUNT, &[&name]).await.unwrap();
            most = most.max(row.get(0));
        }
        most
    };
    let ((), most) = tokio::join!(given_up, watch);
    assert!((1..=4).contains(&most), "{most} connections");
    // All of them are at rest again while the table is still locked.
    let waiting = "SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state <> 'idle'";
    until("nobody works for those who have gone", async || {
        watcher.query(waiting, &[&name]).await.unwrap().is_empty()
    })
    .await;
    holder.batch_execute("ROLLBACK").await.unwrap();
    for _ in 0..8 {
        pool.request(0).await;
    }
}

#[tokio::test]
async fn the_connection_is_kept_and_the_next_statement_is_not_struck() {
    let name = format!("kept-{}", Uuid::new_v4().simple());
    let pool = named(&name, 1).await;
    pool.request(0).await;
    let watcher = owner().await;
    let pids = async || -> Vec<i32> { watcher.query_one(PIDS, &[&name]).await.unwrap().get(0) };
    let before = pids().await;
    for _ in 0..20 {
        let mut tx = pool.begin(0).await.unwrap();
        let long = tx.batch_execute("SELECT pg_sleep(60)");
        let given_up = tokio::time::timeout(Duration::from_millis(30), long).await;
        assert!(given_up.is_err());
        drop(tx);
        // Would fail, were it cancelled in the place of the other.
        let mut tx = pool.begin(0).await.unwrap();
        tx.batch_execute("SELECT pg_sleep(0.02)").await.unwrap();
        tx.rollback().await.unwrap();
    }
    assert_eq!(pids().await, before);
    assert_eq!(pool.metric(|m| &m.opened), 1);
}

#[tokio::test]
async fn who_loses_a_deadlock_may_try_again() {
    let pool = Pool::with(1, |_settings| {}).await;
    let lock = |nth: u8| {
        // Without such a unit it is a division by zero.
        format!(
            "SELECT 1 / count(*) FROM (SELECT FROM units WHERE id =
                (SELECT id FROM units ORDER BY id OFFSET {nth} LIMIT 1) FOR UPDATE) AS one"
        )
    };
    let mut one = pool.begin_to(0, Access::Write).await.unwrap();
    let mut other = pool.begin_to(0, Access::Write).await.unwrap();
    one.batch_execute(&lock(0)).await.unwrap();
    other.batch_execute(&lock(1)).await.unwrap();
    let crossed = async {
        let ended = one.batch_execute(&lock(1)).await;
        drop(one);
        ended
    };
    let crossing = async {
        let ended = other.batch_execute(&lock(0)).await;
        drop(other);
        ended
    };
    let (a, b) = tokio::join!(crossed, crossing);
    let lost = a.and(b).unwrap_err();
    assert!(matches!(DbError::from(lost), DbError::Serialization(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_on_the_control_plane_are_cancelled_too() {
    let name = format!("control-{}", Uuid::new_v4().simple());
    let settings = request_settings().await;
    let url = settings.database_owner_url.expose_secret();
    let connector = Connector::new(None, 1).unwrap();
    let pool = ControlPool::new(
        &connector,
        &PoolSettings {
            url: format!("{url}?application_name={name}").into(),
            size: 2,
            wait: Duration::from_secs(20),
            answer: Duration::from_secs(20),
            session_setup: "SET search_path = ''".to_owned(),
        },
    );
    let watcher = owner().await;
    let asleep = "SELECT FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'";
    let mut most = 0_i64;
    for _ in 0..20 {
        let some: Vec<_> = (0..4)
            .map(|_| {
                let pool = pool.clone();
                tokio::spawn(async move {
                    let mut conn = pool.checkout().await.unwrap();
                    conn.batch_execute("SELECT pg_sleep(30)").await
                })
            })
            .collect();
        until("somebody sleeps", async || {
            !watcher.query(asleep, &[&name]).await.unwrap().is_empty()
        })
        .await;
        let row = watcher.query_one(COUNT, &[&name]).await.unwrap();
        most = most.max(row.get(0));
        for task in some {
            task.abort();
            let ended = task.await;
            assert!(ended.is_err_and(|error| error.is_cancelled()));
        }
    }
    // One may be about to end while another is opened in its place.
    assert!((1..=4).contains(&most), "{most} connections");
    until("nobody sleeps for those who have gone", async || {
        watcher.query(asleep, &[&name]).await.unwrap().is_empty()
    })
    .await;
}

#[tokio::test]
async fn one_that_is_left_in_a_transaction_is_closed() {
    let name = format!("left-{}", Uuid::new_v4().simple());
    let settings = request_settings().await;
    let url = settings.database_owner_url.expose_secret();
    let connector = Connector::new(None, 1).unwrap();
    let pool = ControlPool::new(
        &connector,
        &PoolSettings {
            url: format!("{url}?application_name={name}").into(),
            size: 1,
            wait: Duration::from_secs(20),
            answer: Duration::from_secs(20),
            session_setup: "SET search_path = ''".to_owned(),
        },
    );
    let mut conn = pool.checkout().await.unwrap();
    let work = conn.transaction(async |conn| {
        conn.batch_execute("SELECT 1")
            .await
            .map_err(DbError::from)?;
        std::future::pending::<Result<(), DbError>>().await
    });
    assert!(
        tokio::time::timeout(Duration::from_millis(300), work)
            .await
            .is_err()
    );
    drop(conn);
    let watcher = owner().await;
    let open = "SELECT FROM pg_stat_activity WHERE application_name = $1";
    until("the connection has ended", async || {
        watcher.query(open, &[&name]).await.unwrap().is_empty()
    })
    .await;
    pool.checkout().await.unwrap();
}
