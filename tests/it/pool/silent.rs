//! Connections that stay open and say nothing.

use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection;
use tubex::db::error::DbError;
use tubex::tenancy::Access;

use super::Pool;
use crate::support::Line;

/// A pool of one connection over `line`.
async fn over(line: &Line) -> Pool {
    Pool::with(1, |settings| {
        settings.url = line.lead(&settings.url);
        settings.size = 1;
    })
    .await
}

#[tokio::test]
async fn a_read_that_can_not_be_ended_gives_its_place_back() {
    let line = Line::open().await;
    let pool = over(&line).await;
    let mut tx = pool.begin(0).await.unwrap();
    tx.batch_execute("SELECT 1").await.unwrap();
    line.hush();
    tx.release();
    // Waits for the only slot, which the silent connection has to leave.
    pool.request(0).await;
    assert_eq!(pool.metric(|m| &m.opened), 2);
}

#[tokio::test]
async fn a_connection_that_does_not_answer_to_a_begin_is_left() {
    let line = Line::open().await;
    let pool = over(&line).await;
    pool.request(0).await;
    line.hush();
    let began = Instant::now();
    let mut tx = pool.begin(0).await.unwrap();
    tx.batch_execute("SELECT 1").await.unwrap_err();
    drop(tx);
    assert!(began.elapsed() < Duration::from_secs(15));
    pool.request(0).await;
    assert_eq!(pool.metric(|m| &m.opened), 2);
}

#[tokio::test]
async fn a_commit_without_an_answer_is_said_to_be_unknown() {
    let line = Line::open().await;
    let pool = over(&line).await;
    let mut tx = pool.begin_to(0, Access::Write).await.unwrap();
    tx.batch_execute("SELECT 1").await.unwrap();
    line.hush();
    let told = tx.commit().await;
    assert!(matches!(told, Err(DbError::Unconfirmed(_))), "{told:?}");
    pool.request(0).await;
}
