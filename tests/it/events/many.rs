//! Many subscribers are one reader.

use serde_json::json;
use tubex::db::home_metrics::HomeMetrics;

use super::{FOLLOW, number, tell};
use crate::support::{Server, Socket};

const SOCKETS: usize = 8;
const EACH: usize = 50;
const EVENTS: u32 = 120;

/// Transactions begun on dealers' schemas.
fn transactions(metrics: &HomeMetrics) -> u64 {
    use std::sync::atomic::Ordering::Relaxed;
    metrics.home.load(Relaxed) + metrics.stolen.load(Relaxed)
}

async fn crowd(server: &Server, dealer: &crate::support::TestDealer) -> Vec<Socket> {
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        let mut socket = server.socket(dealer).await;
        for name in 0..EACH {
            socket.subscribe(&name.to_string(), FOLLOW, json!({})).await;
        }
        sockets.push(socket);
    }
    for socket in &mut sockets {
        socket.settle().await;
    }
    sockets
}

#[tokio::test]
async fn hundreds_of_subscriptions_read_each_event_once() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut sockets = crowd(&server, &dealer).await;
    // One look at the beginning each, and no more while nothing happens.
    crate::support::until("all have begun", async || {
        server.app.tenants.connections().1 == 0
            && transactions(server.app.tenants.metrics()) >= u64::try_from(SOCKETS * EACH).unwrap()
    })
    .await;
    let before = transactions(server.app.tenants.metrics());
    for _ in 0..EVENTS {
        tell(&server, &dealer, 1).await;
    }
    for socket in &mut sockets {
        let mut last = vec![0; EACH];
        for _ in 0..EACH * usize::try_from(EVENTS).unwrap() {
            let next = socket.next().await;
            let name: usize = next["id"].as_str().unwrap().parse().unwrap();
            let id = &next["payload"]["data"]["productChanged"]["eventId"];
            let number = number(id.as_str().unwrap());
            assert_eq!(number, last[name] + 1);
            last[name] = number;
        }
        assert!(last.iter().all(|last| *last == i64::from(EVENTS)));
    }
    let after = transactions(server.app.tenants.metrics());
    // The writes, and a reader for all: no more than one reading for each event, and one
    // each second.
    let read = after - before - u64::from(EVENTS);
    assert!(read <= u64::from(EVENTS) + 60, "{read} readings");
    assert_eq!(server.app.tenants.bus().listened_dealers(), 1);
}
