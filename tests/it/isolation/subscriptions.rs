//! Every field of Subscription, opened by one dealer on the records of another.

use serde_json::json;

use super::attack::Attack;
use super::{assert_covered, root_fields};

const CASES: &[(&str, &str)] = &[(
    "productChanged",
    "subscription($ids: [ID!]) { productChanged(ids: $ids) { eventId product { id name } } }",
)];

/// Have no names to change, so they are tried by themselves.
const BY_THEMSELVES: &[&str] = &[
    BULK,
    DELIVERIES,
    ORDERS,
    PAYMENTS,
    // invoices.rs beside this file.
    "invoicePosted",
    STOCK[0].0,
    STOCK[1].0,
];

const BULK: &str = "bulkOperationChanged";
const DELIVERIES: &str = "deliveryChanged";
const ORDERS: &str = "orderChanged";
const PAYMENTS: &str = "paymentReceived";

/// Are heard when goods move, so they are tried by themselves.
const STOCK: [(&str, &str); 2] = [
    (
        "stockLevelChanged",
        "subscription($products: [ID!]) { stockLevelChanged(productIds: $products) {
            eventId level { product { id } warehouse { id } } } }",
    ),
    (
        "lowStock",
        "subscription($products: [ID!]) { lowStock(productIds: $products) {
            eventId level { product { id } warehouse { id } } } }",
    ),
];

/// Renames a product as its owner.
async fn rename(client: &crate::support::Client, id: &serde_json::Value, name: &str) {
    let query = "mutation($input: ProductUpdateInput!) {
        productUpdate(input: $input) { userErrors { message } }
    }";
    let input = json!({ "id": id, "expectedVersion": 1, "name": name });
    let data = client.run(query, json!({ "input": input })).await;
    assert_eq!(data["productUpdate"]["userErrors"], json!([]));
}

#[tokio::test]
async fn no_subscription_hears_another_dealer() {
    let attack = Attack::prepare().await;
    let fields = root_fields(&attack.attacker.client, "subscriptionType").await;
    let cases = CASES.iter().map(|(field, _)| *field);
    assert_covered(&fields, cases.chain(BY_THEMSELVES.iter().copied()));

    let victims = attack.victims.at("/products/nodes/0/id");
    let own = attack.attackers.at("/products/nodes/0/id");
    for (field, query) in CASES {
        let mut socket = attack.server.socket(&attack.attacker).await;
        socket.subscribe("all", query, json!({})).await;
        socket
            .subscribe("his", query, json!({ "ids": [victims] }))
            .await;
        socket.settle().await;
        rename(&attack.victim.client, &victims, "Renamed by the victim").await;
        rename(&attack.attacker.client, &own, "Renamed by the attacker").await;
        // The victim's change came first: had it been heard, it would be here.
        let heard = socket.next().await;
        assert_eq!(heard["id"], "all");
        assert_eq!(heard["payload"]["data"][field]["product"]["id"], own);
        attack.victims.assert_hidden(&heard, &json!(null), field);
        socket.settle().await;
    }
}

#[tokio::test]
async fn nobody_hears_of_anothers_imports_and_exports() {
    let attack = Attack::prepare().await;
    let query =
        "subscription($id: ID) { bulkOperationChanged(id: $id) { bulkOperation { id state } } }";
    let victims = attack.victims.at("/bulkOperations/0/id");
    let own = attack.attackers.at("/bulkOperations/0/id");
    let mut socket = attack.server.socket(&attack.attacker).await;
    socket.subscribe("all", query, json!({})).await;
    socket
        .subscribe("his", query, json!({ "id": victims }))
        .await;
    socket.settle().await;
    let cancel =
        "mutation($id: ID!) { bulkOperationCancel(input: { id: $id }) { userErrors { code } } }";
    for (client, id) in [
        (&attack.victim.client, &victims),
        (&attack.attacker.client, &own),
    ] {
        let data = client.run(cancel, json!({ "id": id })).await;
        assert_eq!(data["bulkOperationCancel"]["userErrors"], json!([]));
    }
    let heard = socket.next().await;
    assert_eq!(heard["id"], "all");
    let operation = &heard["payload"]["data"][BULK]["bulkOperation"];
    assert_eq!(operation["id"], own);
    attack.victims.assert_hidden(&heard, &json!(null), BULK);
    socket.settle().await;
}

#[tokio::test]
async fn nobody_hears_of_anothers_payments() {
    let attack = Attack::prepare().await;
    let query = "subscription($id: ID) { paymentReceived(customerId: $id) { payment { id customer { id name } } } }";
    let victims = attack.victims.at("/customers/nodes/0/id");
    let mut socket = attack.server.socket(&attack.attacker).await;
    socket.subscribe("all", query, json!({})).await;
    socket
        .subscribe("his", query, json!({ "id": victims }))
        .await;
    socket.settle().await;
    let record = "mutation($input: PaymentRecordInput!) { paymentRecord(input: $input) {
        payment { id } userErrors { code } } }";
    let mut own = json!(null);
    for (client, customer) in [
        (&attack.victim.client, &victims),
        (
            &attack.attacker.client,
            &attack.attackers.at("/customers/nodes/0/id"),
        ),
    ] {
        let input = json!({ "customerId": customer, "method": "CASH", "amount": "1",
            "idempotencyKey": "one" });
        let data = client.run(record, json!({ "input": input })).await;
        assert_eq!(data["paymentRecord"]["userErrors"], json!([]));
        own = data["paymentRecord"]["payment"]["id"].clone();
    }
    let heard = socket.next().await;
    assert_eq!(heard["id"], "all");
    assert_eq!(heard["payload"]["data"][PAYMENTS]["payment"]["id"], own);
    attack.victims.assert_hidden(&heard, &json!(null), PAYMENTS);
    socket.settle().await;
}

#[tokio::test]
async fn nobody_hears_of_anothers_orders() {
    let attack = Attack::prepare().await;
    let query =
        "subscription($ids: [ID!]) { orderChanged(ids: $ids) { eventId order { id state } } }";
    let victims = attack.victims.at("/orders/nodes/0/id");
    let own = attack.attackers.at("/orders/nodes/0/id");
    let mut socket = attack.server.socket(&attack.attacker).await;
    socket.subscribe("all", query, json!({})).await;
    socket
        .subscribe("his", query, json!({ "ids": [victims] }))
        .await;
    socket.settle().await;
    let hold = "mutation($id: ID!, $version: Int!) {
        orderHold(input: { id: $id, expectedVersion: $version, reason: \"x\" }) { userErrors { code } } }";
    let version = "query($id: ID!) { order(id: $id) { version } }";
    for (client, id) in [
        (&attack.victim.client, &victims),
        (&attack.attacker.client, &own),
    ] {
        let read = client.run(version, json!({ "id": id })).await;
        let keys = json!({ "id": id, "version": read["order"]["version"] });
        let data = client.run(hold, keys).await;
        assert_eq!(data["orderHold"]["userErrors"], json!([]));
    }
    let heard = socket.next().await;
    assert_eq!(heard["id"], "all");
    assert_eq!(heard["payload"]["data"][ORDERS]["order"]["id"], own);
    attack.victims.assert_hidden(&heard, &json!(null), ORDERS);
    socket.settle().await;
}

/// Each takes half of what is there as its owner, who wants to keep all of it.
#[tokio::test]
async fn nobody_hears_of_anothers_goods() {
    let attack = Attack::prepare().await;
    let set = "mutation($input: StockLevelSetInput!) { stockLevelSet(input: $input) {
        userErrors { code } } }";
    let hold =
        "mutation($input: StockHoldInput!) { stockHold(input: $input) { userErrors { code } } }";
    let level = "{ stockLevels(first: 1, where: { onHand: { gte: \"10\" } }) { nodes {
        available { value } product { id } warehouse { id } } } }";
    for (field, query) in STOCK {
        let found = attack.victim.client.get(level).await;
        let victims = found["stockLevels"]["nodes"][0]["product"]["id"].clone();
        let mut socket = attack.server.socket(&attack.attacker).await;
        socket.subscribe("all", query, json!({})).await;
        socket
            .subscribe("his", query, json!({ "products": [victims] }))
            .await;
        socket.settle().await;
        for client in [&attack.victim.client, &attack.attacker.client] {
            let found = client.get(level).await;
            let level = &found["stockLevels"]["nodes"][0];
            let (product, warehouse) = (&level["product"]["id"], &level["warehouse"]["id"]);
            let input = json!({ "productId": product, "warehouseId": warehouse,
                "reorderPoint": level["available"]["value"] });
            let data = client.run(set, json!({ "input": input })).await;
            assert_eq!(data["stockLevelSet"]["userErrors"], json!([]));
            let input = json!({ "productId": product, "warehouseId": warehouse, "reason": "mine",
                "quantity": { "value": "1" }, "idempotencyKey": format!("{field} {product}") });
            let data = client.run(hold, json!({ "input": input })).await;
            assert_eq!(data["stockHold"]["userErrors"], json!([]));
        }
        let heard = socket.next().await;
        assert_eq!(heard["id"], "all");
        attack.victims.assert_hidden(&heard, &json!(null), field);
        socket.settle().await;
    }
}

#[tokio::test]
async fn nobody_hears_of_anothers_deliveries() {
    let attack = Attack::prepare().await;
    let query = "subscription($ids: [ID!]) { deliveryChanged(ids: $ids) {
        eventId delivery { id state } } }";
    let victims = attack.victims.at("/deliveries/nodes/0/id");
    let own = attack.attackers.at("/deliveries/nodes/0/id");
    let mut socket = attack.server.socket(&attack.attacker).await;
    socket.subscribe("all", query, json!({})).await;
    socket
        .subscribe("his", query, json!({ "ids": [victims] }))
        .await;
    socket.settle().await;
    let load = "mutation($id: ID!) { deliveryLoad(input: { id: $id, expectedVersion: 1 }) {
        userErrors { code } } }";
    for (client, id) in [
        (&attack.victim.client, &victims),
        (&attack.attacker.client, &own),
    ] {
        let data = client.run(load, json!({ "id": id })).await;
        assert_eq!(data["deliveryLoad"]["userErrors"], json!([]));
    }
    let heard = socket.next().await;
    assert_eq!(heard["id"], "all");
    assert_eq!(heard["payload"]["data"][DELIVERIES]["delivery"]["id"], own);
    attack
        .victims
        .assert_hidden(&heard, &json!(null), DELIVERIES);
    socket.settle().await;
}
