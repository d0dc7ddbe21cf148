//! One dealer's events are nobody else's.

use serde_json::json;

use super::CHANGED;
use crate::support::Server;

#[tokio::test]
async fn another_dealers_events_never_arrive() {
    let server = Server::start().await;
    let (mine, other) = (server.dealer().await, server.dealer().await);
    let theirs = other.add_product("SAME").await;
    let own = mine.add_product("SAME").await;
    let mut socket = server.socket(&mine).await;
    socket.subscribe("all", CHANGED, json!({})).await;
    // Not even when their ids are known.
    socket
        .subscribe("theirs", CHANGED, json!({ "ids": [theirs.id] }))
        .await;
    socket.settle().await;
    other.rename(&theirs, "Theirs").await;
    other.add_product("MORE").await;
    mine.rename(&own, "Mine").await;
    let next = socket.next().await;
    assert_eq!(next["id"], "all");
    assert_eq!(
        next["payload"]["data"]["productChanged"]["product"]["name"],
        "Mine"
    );
    socket.settle().await;
}

#[tokio::test]
async fn each_dealers_socket_hears_his_own() {
    let server = Server::start().await;
    let dealers = [
        server.dealer().await,
        server.dealer().await,
        server.dealer().await,
    ];
    let mut sockets = Vec::new();
    for dealer in &dealers {
        let mut socket = server.socket(dealer).await;
        socket.subscribe("live", CHANGED, json!({})).await;
        socket.settle().await;
        sockets.push(socket);
    }
    assert_eq!(server.app.tenants.bus().listened_dealers(), 3);
    for (number, dealer) in dealers.iter().enumerate() {
        dealer.add_product(&format!("OF-{number}")).await;
    }
    for (number, socket) in sockets.iter_mut().enumerate() {
        let next = socket.next().await;
        let sku = &next["payload"]["data"]["productChanged"]["product"]["sku"];
        assert_eq!(*sku, format!("OF-{number}"));
        socket.settle().await;
    }
}
