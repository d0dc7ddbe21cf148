//! Connections that stay open and say nothing.

use std::time::{Duration, Instant};

use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use secrecy::ExposeSecret;
use tubex::db::error::DbError;
use tubex::tenancy::Access;
use uuid::Uuid;

use super::Pool;
use crate::support::{Line, owner, until};

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

#[derive(QueryableByName, Debug)]
struct Written {
    #[diesel(sql_type = Text)]
    #[expect(dead_code, reason = "it is read and no more")]
    text: String,
}

#[tokio::test]
async fn rows_that_stop_coming_are_not_waited_for() {
    let pool = Pool::with(1, |settings| {
        settings.answer = Duration::from_secs(1);
        settings.size = 1;
    })
    .await;
    let mut tx = pool.begin(0).await.unwrap();
    let began = Instant::now();
    // The first rows fill what is sent at once.
    let stops = "SELECT repeat('x', 100)
            || coalesce(CASE WHEN n = 2000 THEN pg_sleep(30)::text END, '') AS text
        FROM generate_series(1, 2001) AS n";
    let read = diesel::sql_query(stops).load::<Written>(&mut tx).await;
    assert_eq!(read.unwrap_err().to_string(), "no answer in time");
    drop(tx);
    pool.request(0).await;
    assert!(began.elapsed() < Duration::from_secs(15));
}

#[tokio::test]
async fn a_server_process_that_stands_still_is_left_and_goes_when_it_wakes() {
    let name = format!("still-{}", Uuid::new_v4().simple());
    let pool = Pool::with(1, |settings| {
        let url = format!("{}?application_name={name}", settings.url.expose_secret());
        settings.url = url.into();
        settings.size = 1;
    })
    .await;
    pool.request(0).await;
    let watcher = owner().await;
    let pids = "SELECT pid FROM pg_stat_activity WHERE application_name = $1";
    let pid: i32 = watcher.query_one(pids, &[&name]).await.unwrap().get(0);
    signal("STOP", pid);
    let mut tx = pool.begin(0).await.unwrap();
    tx.batch_execute("SELECT 1").await.unwrap_err();
    drop(tx);
    pool.request(0).await;
    signal("CONT", pid);
    until("only the new one is there", async || {
        watcher.query(pids, &[&name]).await.unwrap().len() == 1
    })
    .await;
}

fn signal(which: &str, pid: i32) {
    let mut kill = std::process::Command::new("kill");
    let sent = kill.args([format!("-{which}"), pid.to_string()]).status();
    assert!(sent.unwrap().success());
}
