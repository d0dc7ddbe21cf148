//! Who sees what of deliveries.

use serde_json::json;
use tubex::auth::role::BuiltInRole;

use super::{Depot, buyer, ordered, step, with};
use crate::files::{png, upload};

#[tokio::test]
async fn a_contractor_sees_his_own_deliveries_and_no_run() {
    let depot = Depot::open().await;
    let (server, dealer) = (&depot.yard.server, &depot.yard.dealer);
    let cement = depot.stocked("CEM", "100").await;
    let other = buyer(depot.client(), "OTH", "1000000").await;
    let line = || json!([ordered(&cement, "5", &depot.yard.warehouses[0])]);
    let own = depot.order(line()).await;
    let strange = depot.order_of(&other, line()).await;
    let input = json!({ "warehouseId": depot.yard.warehouses[0], "truck": "T", "runsOn": super::DAY,
        "idempotencyKey": crate::stock::key() });
    let run = depot.done("deliveryRunCreate", input).await;
    let mine = depot.plan(&own, json!({ "runId": run["id"] })).await;
    let theirs = depot.plan(&strange, json!({ "runId": run["id"] })).await;
    let contractor = server
        .contractor(dealer, depot.customer.parse().unwrap())
        .await;
    let query = "query($id: ID) { deliveries { totalCount nodes { id recipient run { id }
        allowedActions lines { productName } attachments { id } } }
        delivery(id: $id) { id } deliveryRuns { totalCount } myRuns { id } }";
    let seen = contractor
        .client
        .run(query, json!({ "id": theirs["id"] }))
        .await;
    assert_eq!(
        seen,
        json!({ "deliveries": { "totalCount": 1, "nodes": [{ "id": mine["id"],
            "recipient": "Builders BLD", "run": null, "allowedActions": [], "attachments": [],
            "lines": [{ "productName": "Goods CEM" }] }] },
            "delivery": null, "deliveryRuns": { "totalCount": 0 }, "myRuns": [] })
    );
}

#[tokio::test]
async fn a_contractor_sees_the_proof() {
    let depot = Depot::open().await;
    let (server, dealer) = (&depot.yard.server, &depot.yard.dealer);
    let cement = depot.stocked("CEM", "100").await;
    let order = depot.order_one(&cement, "5").await;
    let sent = depot.sent(&order, json!({})).await;
    let photo = upload(dealer, "door.png", &png("door")).await;
    let signature = upload(dealer, "signature.png", &png("signature")).await;
    let input = with(
        step(&sent),
        &json!({ "signer": "Mr Brown", "fileIds": [photo, signature] }),
    );
    depot.done("deliveryConfirm", input).await;
    let contractor = server
        .contractor(dealer, depot.customer.parse().unwrap())
        .await;
    let query = "{ deliveries { nodes { signer attachments { file { name } } } } }";
    let seen = contractor.client.get(query).await;
    assert_eq!(
        seen["deliveries"]["nodes"],
        json!([{ "signer": "Mr Brown", "attachments": [{ "file": { "name": "door.png" } },
            { "file": { "name": "signature.png" } }] }])
    );
}

#[tokio::test]
async fn actions_are_those_of_state_and_rights() {
    let depot = Depot::open().await;
    let (server, dealer) = (&depot.yard.server, &depot.yard.dealer);
    let cement = depot.stocked("CEM", "100").await;
    let order = depot.order_one(&cement, "5").await;
    let planned = depot.plan(&order, json!({})).await;
    let query = "query($id: ID) { delivery(id: $id) { allowedActions } }";
    let keys = json!({ "id": planned["id"] });
    let mut seen = Vec::new();
    for role in [BuiltInRole::Sales, BuiltInRole::Driver, BuiltInRole::Viewer] {
        let member = server.member(dealer, &[role.into()]).await;
        let data = member.client.run(query, keys.clone()).await;
        seen.push(data["delivery"]["allowedActions"].clone());
    }
    assert_eq!(
        seen,
        [json!(["UPDATE", "LOAD", "CANCEL"]), json!([]), json!([])]
    );
    let loaded = depot.done("deliveryLoad", step(&planned)).await;
    depot.done("deliveryDispatch", step(&loaded)).await;
    let driver = server.member(dealer, &[BuiltInRole::Driver.into()]).await;
    let data = driver.client.run(query, keys).await;
    assert_eq!(
        data["delivery"]["allowedActions"],
        json!(["CONFIRM", "FAIL"])
    );
}

#[tokio::test]
async fn what_became_of_a_delivery_is_told() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "100").await;
    let order = depot.order_one(&cement, "5").await;
    let sent = depot.sent(&order, json!({})).await;
    let query = "query($id: ID) { delivery(id: $id) { history { action entity } }
        order(id: null, number: 1) { deliveries { id } } }";
    let data = depot.client().run(query, json!({ "id": sent["id"] })).await;
    let history = data["delivery"]["history"].as_array().unwrap();
    let of = |entity: &str| history.iter().filter(|row| row["entity"] == entity).count();
    assert_eq!(of("deliveries"), 3);
    assert!(of("delivery_lines") > 0, "{history:#?}");
    assert_eq!(data["order"]["deliveries"], json!([{ "id": sent["id"] }]));
}
