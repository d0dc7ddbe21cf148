//! `productChanged`: what subscribers hear, and when.

use serde_json::{Value, json};

use super::CHANGED;
use crate::support::{Server, Socket, hold};

/// The next event of the operation `id`.
async fn event(socket: &mut Socket, id: &str) -> Value {
    let next = socket.next().await;
    assert_eq!(
        (&next["type"], &next["id"]),
        (&json!("next"), &json!(id)),
        "{next:#}"
    );
    assert!(next["payload"].get("errors").is_none(), "{next:#}");
    next["payload"]["data"]["productChanged"].clone()
}

#[tokio::test]
async fn subscribers_hear_of_what_was_created_and_changed() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    socket.subscribe("live", CHANGED, json!({})).await;
    socket.settle().await;
    let product = dealer.add_product("NEW").await;
    let created = event(&mut socket, "live").await;
    assert_eq!(created["product"]["id"], product.id);
    assert_eq!(created["product"]["sku"], "NEW");
    // Fields of other tables are there too.
    assert_eq!(created["product"]["baseUnit"]["code"], "bag");
    dealer.rename(&product, "Renamed").await;
    let changed = event(&mut socket, "live").await;
    assert_eq!(changed["product"]["name"], "Renamed");
    assert_eq!(changed["product"]["version"], 2);
    assert!(changed["eventId"].as_str() > created["eventId"].as_str());
}

#[tokio::test]
async fn a_refused_change_is_not_heard_of() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (first, second) = (
        dealer.add_product("ONE").await,
        dealer.add_product("TWO").await,
    );
    let mut socket = server.socket(&dealer).await;
    socket.subscribe("live", CHANGED, json!({})).await;
    socket.settle().await;
    let stale = json!({ "id": first.id, "expectedVersion": 7, "name": "Stale" });
    assert_eq!(dealer.try_update(stale).await, ["CONFLICT"]);
    let taken = json!({ "id": first.id, "expectedVersion": 1, "sku": "TWO" });
    assert_eq!(dealer.try_update(taken).await, ["ALREADY_EXISTS"]);
    // Refused after the row was written and the event noted.
    let unit = dealer.client.get("{ unit(code: \"t\") { id } }").await["unit"]["id"].clone();
    let units = json!([{ "unitId": unit, "num": 0 }]);
    let late = json!({ "id": first.id, "expectedVersion": 1, "name": "Late", "units": units });
    assert_eq!(dealer.try_update(late).await, ["BAD_USER_INPUT"]);
    dealer.rename(&second, "Heard").await;
    assert_eq!(event(&mut socket, "live").await["product"]["name"], "Heard");
}

#[tokio::test]
async fn a_change_is_heard_of_when_it_is_committed() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("ONE").await;
    let mut socket = server.socket(&dealer).await;
    socket.subscribe("live", CHANGED, json!({})).await;
    socket.settle().await;
    // The change of the row is made, that of its units has to wait.
    let held = hold(&dealer.schema, "product_units").await;
    let unit = dealer.client.get("{ unit(code: \"t\") { id } }").await["unit"]["id"].clone();
    let units = json!([{ "unitId": unit, "num": 20 }]);
    let input = json!({ "id": product.id, "expectedVersion": 1, "name": "Half", "units": units });
    let change = dealer.try_update(input);
    let watch = async {
        held.is_wanted().await;
        // Were there an event already, it would come before the pong.
        socket.settle().await;
        held.release().await;
    };
    let (refusals, ()) = tokio::join!(change, watch);
    assert_eq!(refusals, Vec::<String>::new());
    assert_eq!(event(&mut socket, "live").await["product"]["name"], "Half");
}

#[tokio::test]
async fn ids_narrow_what_is_heard() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (wanted, other) = (dealer.add_product("A").await, dealer.add_product("B").await);
    let mut socket = server.socket(&dealer).await;
    socket
        .subscribe("some", CHANGED, json!({ "ids": [wanted.id] }))
        .await;
    socket
        .subscribe("none", CHANGED, json!({ "ids": [] }))
        .await;
    socket.settle().await;
    dealer.rename(&other, "Passed over").await;
    dealer.rename(&wanted, "Heard").await;
    assert_eq!(event(&mut socket, "some").await["product"]["name"], "Heard");
    socket.settle().await;
}

#[tokio::test]
async fn complete_ends_a_subscription_and_frees_its_id() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("A").await;
    let mut socket = server.socket(&dealer).await;
    socket.subscribe("ended", CHANGED, json!({})).await;
    socket.subscribe("kept", CHANGED, json!({})).await;
    socket
        .send(json!({ "type": "complete", "id": "ended" }))
        .await;
    socket
        .send(json!({ "type": "complete", "id": "never begun" }))
        .await;
    socket.settle().await;
    let product = dealer.rename(&product, "First").await;
    assert_eq!(event(&mut socket, "kept").await["product"]["name"], "First");
    socket.settle().await;
    socket
        .send(json!({ "type": "complete", "id": "kept" }))
        .await;
    socket.subscribe("ended", CHANGED, json!({})).await;
    socket.settle().await;
    dealer.rename(&product, "Second").await;
    assert_eq!(
        event(&mut socket, "ended").await["product"]["name"],
        "Second"
    );
}

#[tokio::test]
async fn many_sockets_hear_many_events_each_once_and_in_order() {
    const SOCKETS: usize = 12;
    const EVENTS: usize = 25;
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut product = dealer.add_product("A").await;
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        let mut socket = server.socket(&dealer).await;
        socket.subscribe("live", CHANGED, json!({})).await;
        socket.settle().await;
        sockets.push(socket);
    }
    for number in 0..EVENTS {
        product = dealer.rename(&product, &format!("Name {number}")).await;
    }
    let mut heard = Vec::new();
    for socket in &mut sockets {
        let mut ids = Vec::new();
        for _ in 0..EVENTS {
            ids.push(
                event(socket, "live").await["eventId"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            );
        }
        // Nothing is said twice.
        socket.settle().await;
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        heard.push(ids);
    }
    assert!(heard.iter().all(|ids| *ids == heard[0]));
}
