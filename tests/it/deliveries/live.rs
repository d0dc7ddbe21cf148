//! Deliveries as they change.

use serde_json::{Value, json};

use super::{Depot, buyer, ordered, step};
use crate::support::Socket;

const LIVE: &str = "subscription($ids: [ID!], $customer: ID, $warehouse: ID) {
    deliveryChanged(ids: $ids, customerId: $customer, warehouseId: $warehouse) {
        event delivery { number state } } }";

async fn heard(socket: &mut Socket) -> (String, Value) {
    let message = socket.next().await;
    let change = &message["payload"]["data"]["deliveryChanged"];
    let id = message["id"].as_str().unwrap().to_owned();
    (id, json!([change["event"], change["delivery"]["number"]]))
}

#[tokio::test]
async fn changes_are_heard_by_customer_warehouse_and_id() {
    let depot = Depot::open().await;
    let dealer = &depot.yard.dealer;
    let cement = depot.stocked("CEM", "100").await;
    let other = buyer(depot.client(), "OTH", "1000000").await;
    let [north, south] = &depot.yard.warehouses;
    let strange = depot
        .order_of(&other, json!([ordered(&cement, "5", north)]))
        .await;
    let own = depot.order_one(&cement, "5").await;
    let first = depot.plan(&strange, json!({})).await;
    let mut socket = depot.yard.server.socket(dealer).await;
    for (id, variables) in [
        ("one", json!({ "ids": [first["id"]] })),
        ("customer", json!({ "customer": depot.customer })),
        ("warehouse", json!({ "warehouse": south })),
    ] {
        socket.subscribe(id, LIVE, variables).await;
    }
    socket.settle().await;
    depot.done("deliveryLoad", step(&first)).await;
    assert_eq!(
        heard(&mut socket).await,
        ("one".into(), json!(["delivery.loaded", 1]))
    );
    depot.plan(&own, json!({})).await;
    assert_eq!(
        heard(&mut socket).await,
        ("customer".into(), json!(["delivery.planned", 2]))
    );
    let lines = json!([super::part(&strange, 0, "5")]);
    let first = depot.delivery(&first).await;
    depot.done("deliveryCancel", step(&first)).await;
    assert_eq!(
        heard(&mut socket).await,
        ("one".into(), json!(["delivery.cancelled", 1]))
    );
    depot
        .plan(&strange, json!({ "warehouseId": south, "lines": lines }))
        .await;
    assert_eq!(
        heard(&mut socket).await,
        ("warehouse".into(), json!(["delivery.planned", 3]))
    );
    socket.settle().await;
}

#[tokio::test]
async fn a_contractor_hears_of_his_own() {
    let depot = Depot::open().await;
    let (server, dealer) = (&depot.yard.server, &depot.yard.dealer);
    let cement = depot.stocked("CEM", "100").await;
    let other = buyer(depot.client(), "OTH", "1000000").await;
    let line = || json!([ordered(&cement, "5", &depot.yard.warehouses[0])]);
    let (own, strange) = (
        depot.order(line()).await,
        depot.order_of(&other, line()).await,
    );
    let contractor = server
        .contractor(dealer, depot.customer.parse().unwrap())
        .await;
    let mut socket = Socket::open(&server.url).await;
    socket.init(contractor.client.token().unwrap()).await;
    socket.subscribe("own", LIVE, json!({})).await;
    socket.settle().await;
    depot.plan(&strange, json!({})).await;
    depot.plan(&own, json!({})).await;
    assert_eq!(
        heard(&mut socket).await,
        ("own".into(), json!(["delivery.planned", 2]))
    );
    socket.settle().await;
}
