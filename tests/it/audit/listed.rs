//! The log over the API: pages, filters, histories.

use serde_json::{Value, json};
use tubex::dealer::audit::columns::{AS_THEY_ARE, prefix_of};
use tubex::demo::data::DEALERS;

use crate::support::{Server, owner};

const LIST: &str = "query($filter: AuditFilter, $first: Int, $after: String) {
    auditLog(filter: $filter, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { id at action entity entityId part actor requestId transactionId changes { field old new } } } }";

#[tokio::test]
async fn the_latest_comes_first_and_pages_go_on() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("A-1").await;
    dealer.rename(&product, "B").await;
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "first": 7, "after": after });
        let page = dealer.client.run(LIST, variables).await["auditLog"].clone();
        assert_eq!(page["totalCount"], 27 + 3);
        seen.extend(page["nodes"].as_array().unwrap().clone());
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen.len(), 30);
    let first = &seen[0];
    assert_eq!(
        (&first["action"], &first["entity"]),
        (&json!("UPDATE"), &json!("products"))
    );
    assert_eq!(first["entityId"], json!(product.id));
    let changes = first["changes"].as_array().unwrap();
    assert!(changes.contains(&json!({ "field": "name", "old": "Goods A-1", "new": "B" })));
    assert!(changes.contains(&json!({ "field": "version", "old": "1", "new": "2" })));
    // Numbers keep their digits.
    let made = seen
        .iter()
        .find(|row| row["action"] == "INSERT" && row["entity"] == "products");
    let price = json!({ "field": "listPrice", "old": null, "new": "9.5000" });
    assert!(
        made.unwrap()["changes"]
            .as_array()
            .unwrap()
            .contains(&price),
        "{made:#?}"
    );
}

#[tokio::test]
async fn filters_hold_together() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (a, b) = (
        dealer.add_product("A-1").await,
        dealer.add_product("B-1").await,
    );
    dealer.rename(&a, "A").await;
    dealer.rename(&b, "B").await;
    let count = async |filter: Value| {
        let data = dealer.client.run(LIST, json!({ "filter": filter })).await;
        data["auditLog"]["totalCount"].as_i64().unwrap()
    };
    assert_eq!(count(json!({ "entity": "products" })).await, 4);
    assert_eq!(count(json!({ "entityId": a.id })).await, 3);
    assert_eq!(
        count(json!({ "entityId": a.id, "entity": "products", "action": "UPDATE" })).await,
        1
    );
    assert_eq!(count(json!({ "actor": dealer.owner.to_string() })).await, 6);
    assert_eq!(count(json!({ "actor": "system:provisioning" })).await, 27);
    assert_eq!(count(json!({ "from": "2100-01-01T00:00:00Z" })).await, 0);
    assert_eq!(count(json!({ "to": "2100-01-01T00:00:00Z" })).await, 33);
    let all = dealer
        .client
        .run(LIST, json!({ "filter": { "action": "UPDATE" } }))
        .await;
    let request = all["auditLog"]["nodes"][0]["requestId"].clone();
    assert_eq!(count(json!({ "requestId": request })).await, 1);
    let wrong = dealer
        .client
        .send(LIST, json!({ "filter": { "requestId": "x" } }))
        .await;
    assert_eq!(wrong.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn histories_of_siblings_share_a_statement() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let query =
        "{ products(first: 50) { nodes { id history(first: 3) { action entity entityId } } } }";
    let answer = dealer.client.send(query, json!({})).await;
    let nodes = answer.body["data"]["products"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 42);
    for node in nodes {
        let history = node["history"].as_array().unwrap();
        assert!((2..=3).contains(&history.len()), "{node:#}");
        assert!(history.iter().all(|row| row["entityId"] == node["id"]));
    }
    assert_eq!(answer.statements(), 2);
}

#[tokio::test]
async fn a_history_is_the_latest_of_one_record() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut product = dealer.add_product("A-1").await;
    dealer.add_product("B-1").await;
    for name in ["B", "C", "D"] {
        product = dealer.rename(&product, name).await;
    }
    let query = "query($id: ID, $first: Int!) { product(id: $id) { history(first: $first) { entity changes { field new } } } }";
    let ask = async |first: i64| {
        let variables = json!({ "id": product.id, "first": first });
        dealer.client.send(query, variables).await
    };
    let history = ask(2).await.body["data"]["product"]["history"].clone();
    let names: Vec<&Value> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let changes = row["changes"].as_array().unwrap();
            &changes
                .iter()
                .find(|change| change["field"] == "name")
                .unwrap()["new"]
        })
        .collect();
    assert_eq!(names, ["D", "C"]);
    let all = ask(100).await.body["data"]["product"]["history"].clone();
    assert_eq!(all.as_array().unwrap().len(), 5);
    for wrong in [0, 101] {
        assert_eq!(ask(wrong).await.code(), "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn ids_among_the_changes_are_those_of_the_api() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("A-1").await;
    let query = "query($id: ID!) { product(id: $id) { baseUnit { id }
        history { entity changes { field old new } } } }";
    let data = dealer.client.run(query, json!({ "id": product.id })).await;
    let history = data["product"]["history"].as_array().unwrap();
    let made = history.iter().find(|row| row["entity"] == "products");
    let changes = made.unwrap()["changes"].as_array().unwrap();
    let unit =
        json!({ "field": "baseUnitId", "old": null, "new": data["product"]["baseUnit"]["id"] });
    let own = json!({ "field": "id", "old": null, "new": product.id });
    assert!(changes.contains(&unit), "{changes:#?}");
    assert!(changes.contains(&own) || !changes.iter().any(|change| change["field"] == "id"));
}

#[tokio::test]
async fn it_is_known_of_each_column_of_ids_what_they_lead_to() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let sql = "SELECT table_name::text, column_name::text FROM information_schema.columns
        WHERE table_schema = $1::text AND data_type = 'uuid' AND column_name <> 'id'";
    let rows = owner().await.query(sql, &[&dealer.schema]).await.unwrap();
    assert!(rows.len() > 100, "{}", rows.len());
    let names = rows
        .iter()
        .map(|row| (row.get::<_, &str>(0), row.get::<_, &str>(1)));
    let unknown: Vec<_> = names
        .filter(|(table, column)| {
            !AS_THEY_ARE.contains(column) && prefix_of(table, column).is_none()
        })
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
