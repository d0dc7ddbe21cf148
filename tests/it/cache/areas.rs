//! Each change of a table that kept numbers are made of is told by an event of its area.

use serde_json::json;
use tubex::dealer::reports::areas::ALL;
use tubex::demo::data::DEALERS;

use super::want;
use crate::stock::key;
use crate::support::{Server, TestDealer, owner};

/// Requests that have changed rows of `table`, or one column of it, and told of none of `kinds`,
/// and how many have changed any.
async fn untold(dealer: &TestDealer, table: &str, kinds: &[&str]) -> (Vec<String>, i64) {
    let schema = &dealer.schema;
    let (table, column) = match table.split_once('.') {
        Some((table, column)) => (table, format!("AND new ? '{column}'")),
        None => (table, String::new()),
    };
    let log = (0..3)
        .map(|part| format!("SELECT entity, request_id, new FROM {schema}.audit_log_{part}"))
        .collect::<Vec<_>>()
        .join(" UNION ALL ");
    let changed = format!(
        "SELECT DISTINCT request_id FROM ({log}) l
         WHERE entity = '{table}' AND request_id IS NOT NULL {column}"
    );
    let sql = format!(
        "SELECT request_id::text || ' told ' || coalesce((SELECT string_agg(o.name, ', ')
             FROM {schema}.events o WHERE o.request_id = c.request_id), 'nothing')
         FROM ({changed}) c WHERE NOT EXISTS (
             SELECT FROM {schema}.events e WHERE e.request_id = c.request_id AND e.entity = ANY($1))"
    );
    let owner = owner().await;
    let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    let rows = owner.query(&sql, &[&kinds]).await.unwrap();
    let all = format!("SELECT count(*) FROM ({changed}) c");
    let all = owner.query_one(&all, &[]).await.unwrap().get(0);
    (rows.iter().map(|row| row.get(0)).collect(), all)
}

/// Promises goods to another warehouse.
async fn transfer_some(dealer: &TestDealer) {
    let query = "{ stockLevels(first: 1, orderBy: [{ field: ON_HAND, direction: DESC }]) {
            nodes { product { id } warehouse { id } } }
        warehouses(first: 200) { nodes { id kind } } }";
    let data = dealer.client.get(query).await;
    let level = &data["stockLevels"]["nodes"][0];
    let places = data["warehouses"]["nodes"].as_array().unwrap();
    let other = places.iter().find(|place| {
        place["id"] != level["warehouse"]["id"]
            && ["YARD", "STORE"].contains(&place["kind"].as_str().unwrap())
    });
    let input = json!({ "fromId": level["warehouse"]["id"], "toId": other.unwrap()["id"],
        "lines": [{ "productId": level["product"]["id"], "quantity": { "value": "1" } }],
        "idempotencyKey": key() });
    let create = "mutation($input: TransferCreateInput!) { transferCreate(input: $input) {
        transfer { id version } userErrors { code path } } }";
    let data = dealer.client.run(create, json!({ "input": input })).await;
    let made = &data["transferCreate"]["transfer"];
    let approve = "mutation($input: TransferStepInput!) { transferApprove(input: $input) {
        userErrors { code path } } }";
    let input =
        json!({ "id": made["id"], "expectedVersion": made["version"], "idempotencyKey": key() });
    let data = dealer.client.run(approve, json!({ "input": input })).await;
    assert_eq!(data["transferApprove"]["userErrors"], json!([]));
}

#[tokio::test]
async fn whoever_changes_a_number_tells_of_it() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    want(&dealer, Some("5")).await;
    let product = dealer.add_product("ZZ-MOVED").await;
    let data = dealer
        .client
        .get("{ categories(first: 1) { nodes { id } } }")
        .await;
    let category = &data["categories"]["nodes"][0]["id"];
    let input =
        json!({ "id": product.id, "expectedVersion": product.version, "categoryId": category });
    assert_eq!(dealer.try_update(input).await, Vec::<String>::new());
    crate::stock::put_aside(&dealer).await;
    transfer_some(&dealer).await;
    crate::stock::count_some(&dealer).await;
    crate::invoices::bill_some(&dealer).await;
    crate::payments::pay_some(&dealer).await;
    crate::purchasing::buy_some(&dealer).await;
    crate::quotes::quote_some(&dealer).await;
    crate::returns::bring_back(&dealer).await;
    crate::orders::sell_some(&dealer).await;
    crate::deliveries::deliver_some(&dealer).await;
    for (area, tables) in ALL {
        for table in *tables {
            let (untold, changes) = untold(&dealer, table, area.changed_by).await;
            assert!(changes > 0, "nobody has changed {table}");
            assert_eq!(json!(untold), json!([]), "{}: {table}", area.name);
        }
    }
}
