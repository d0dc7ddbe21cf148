//! Dealers as operators find them.

use serde_json::{Value, json};

use super::{apart, shared};
use crate::support::{Client, PASSWORD};

const PAGE: &str =
    "query($first: Int, $after: String, $where: DealerWhere, $orderBy: [DealerOrder!]) {
    dealers(first: $first, after: $after, where: $where, orderBy: $orderBy) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { id name schema status currency timezone schemaVersion owners { email } }
    } }";

fn names(data: &Value) -> Vec<&str> {
    let nodes = data["dealers"]["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|node| node["name"].as_str().unwrap())
        .collect()
}

async fn create(alice: &Client, name: &str) -> Value {
    let input = json!({
        "name": name, "currency": "EUR", "timezone": "Europe/Berlin", "ownerName": "Owner",
        "ownerEmail": format!("{}@test.example", name.to_lowercase()), "ownerPassword": PASSWORD,
    });
    let create = "mutation($input: DealerCreateInput!) {
        dealerCreate(input: $input) { dealer { id schema } userErrors { message } } }";
    let data = alice.run(create, json!({ "input": input })).await;
    assert_eq!(data["dealerCreate"]["userErrors"], json!([]));
    data["dealerCreate"]["dealer"].clone()
}

#[tokio::test]
async fn dealers_come_page_by_page_in_a_fixed_number_of_statements() {
    let server = apart("operator_pages").await;
    let alice = server.operator();
    for name in ["Delta", "Alpha", "Echo", "Bravo", "Charlie"] {
        create(&alice, name).await;
    }
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let answer = alice
            .send(PAGE, json!({ "first": 2, "after": after }))
            .await;
        // The page, its total, and the owners of all of its dealers.
        assert_eq!(answer.statements(), 3);
        assert_eq!(answer.loaders(), ["OwnersByDealer"]);
        let data = &answer.body["data"];
        assert_eq!(data["dealers"]["totalCount"], 5);
        for node in data["dealers"]["nodes"].as_array().unwrap() {
            let name = node["name"].as_str().unwrap().to_lowercase();
            assert_eq!(node["owners"][0]["email"], format!("{name}@test.example"));
        }
        seen.extend(names(data).into_iter().map(str::to_owned));
        if data["dealers"]["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = data["dealers"]["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, ["Alpha", "Bravo", "Charlie", "Delta", "Echo"]);
    let newest = json!([{ "field": "CREATED_AT", "direction": "DESC" }]);
    let data = alice
        .run(PAGE, json!({ "first": 2, "orderBy": newest }))
        .await;
    assert_eq!(names(&data), ["Charlie", "Bravo"]);
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    let server = shared().await;
    server.dealer().await;
    let alice = server.operator();
    let data = alice.run(PAGE, json!({ "first": 1 })).await;
    let after = &data["dealers"]["pageInfo"]["endCursor"];
    let order = json!([{ "field": "CREATED_AT" }]);
    for (after, order) in [(after, order), (&json!("nonsense"), Value::Null)] {
        let answer = alice
            .send(PAGE, json!({ "after": after, "orderBy": order }))
            .await;
        assert_eq!(answer.code(), "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn a_dealer_is_found_by_all_he_is_known_by() {
    let server = apart("operator_search").await;
    let alice = server.operator();
    let found = create(&alice, "Stein_und%Holz").await;
    create(&alice, "Stein-und-Holz").await;
    let search = async |text: &str| {
        let data = alice
            .run(PAGE, json!({ "where": { "search": text } }))
            .await;
        names(&data)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(search("stein").await.len(), 2);
    // Wildcards of the caller are letters like any other.
    for text in [
        "STEIN_UND%",
        found["id"].as_str().unwrap(),
        found["schema"].as_str().unwrap(),
        " Stein_und%Holz@TEST.example ",
    ] {
        assert_eq!(search(text).await, ["Stein_und%Holz"], "{text}");
    }
    assert_eq!(search("nobody").await.len(), 0);
    for text in ["", "  ", &"x".repeat(201)] {
        let answer = alice
            .send(PAGE, json!({ "where": { "search": text } }))
            .await;
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{text}");
    }
}

#[tokio::test]
async fn a_schema_in_stock_is_no_dealer() {
    let server = apart("operator_spare").await;
    let alice = server.operator();
    let dealer = create(&alice, "Shop").await;
    let spare = create(&alice, "Stock").await;
    let owner = crate::support::owner_of(&server.database).await;
    let to_stock = "UPDATE platform.dealers SET status = 'SPARE', activated_at = NULL
        WHERE schema_name = $1";
    let schema = spare["schema"].as_str().unwrap();
    assert_eq!(owner.execute(to_stock, &[&schema]).await.unwrap(), 1);
    let data = alice.run(PAGE, json!({})).await;
    assert_eq!(names(&data), ["Shop"]);
    let data = alice
        .run(PAGE, json!({ "where": { "status": ["SPARE"] } }))
        .await;
    assert_eq!(data["dealers"]["totalCount"], 0);
    let one =
        "query($a: ID!, $b: ID!) { a: dealer(id: $a) { status } b: dealer(id: $b) { status } }";
    let answer = alice
        .send(one, json!({ "a": dealer["id"], "b": spare["id"] }))
        .await;
    assert_eq!(
        answer.body["data"],
        json!({ "a": { "status": "ACTIVE" }, "b": null })
    );
    assert_eq!(answer.statements(), 1, "siblings are looked up together");
    let data = alice
        .get("{ spares { ready filling } dealerCounts { status count } }")
        .await;
    assert_eq!(data["spares"], json!({ "ready": 1, "filling": 0 }));
    assert_eq!(
        data["dealerCounts"],
        json!([{ "status": "ACTIVE", "count": 1 }])
    );
}
