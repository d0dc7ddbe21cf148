//! A database that does not answer: nobody waits for it for long.

use std::time::{Duration, Instant};

use serde_json::json;
use tubex::config::ServerSettings;
use tubex::kernel::clock::Clock;

use super::health::ready;
use crate::support::{Line, Server, own_settings, until, until_within};

/// A server that reaches a database of its own over `line`.
async fn over(line: &Line, name: &'static str) -> Server {
    let database = own_settings(name).await;
    let mut led = database.clone();
    led.database_url = line.lead(&database.database_url);
    led.database_owner_url = line.lead(&database.database_owner_url);
    Server::start_on(&led, Clock::system(), |_settings| {}).await
}

const UNITS: &str = "{ units { totalCount } }";

#[tokio::test]
async fn a_server_whose_connections_went_silent_says_so_and_comes_back() {
    let line = Line::open().await;
    let server = over(&line, "silent_all").await;
    let dealer = server.dealer().await;
    dealer.client.get(UNITS).await;
    assert_eq!(ready(&server).await.status, 200);
    line.hush();
    let began = Instant::now();
    let answer = ready(&server).await;
    assert!(began.elapsed() < Duration::from_secs(6));
    assert_eq!(answer.status, 503);
    until("it is served again", async || {
        dealer.client.send(UNITS, json!({})).await.body["data"] != json!(null)
            && ready(&server).await.status == 200
    })
    .await;
    // One after the other is taken from the pool, and each has the time a statement has.
    let long = Duration::from_mins(2);
    until_within(long, "nobody waits on a silent line", async || {
        server.app.core.control.usage().in_use == 0
    })
    .await;
}

#[tokio::test]
async fn a_request_that_waits_for_the_directory_has_a_limit() {
    let line = Line::open().await;
    let database = own_settings("silent_admission").await;
    let mut led = database.clone();
    led.database_owner_url = line.lead(&database.database_owner_url);
    let short = |settings: &mut ServerSettings| {
        settings.request_timeout_ms = Duration::from_secs(1);
    };
    let server = Server::start_on(&led, Clock::system(), short).await;
    let dealer = server.dealer().await;
    dealer.client.get(UNITS).await;
    line.hush();
    server.app.directory.forget(dealer.id);
    let asked = dealer.client.send(UNITS, json!({}));
    let answer = tokio::time::timeout(Duration::from_secs(10), asked).await;
    let answer = answer.unwrap();
    assert_eq!((answer.status, answer.code()), (504, "TIMEOUT"));
}
