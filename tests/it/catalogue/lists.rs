//! Connections: pages, order, conditions.

use serde_json::{Value, json};

use super::shop;
use crate::support::Client;

fn skus(connection: &Value) -> Vec<String> {
    let nodes = connection["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|node| node["sku"].as_str().unwrap().to_owned())
        .collect()
}

const PAGE: &str =
    "query($first: Int, $after: String, $last: Int, $before: String, $order: [ProductOrder!]) {
    products(first: $first, after: $after, last: $last, before: $before, orderBy: $order) {
        nodes { sku }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}";

/// All SKUs, seven at a time, in one direction.
async fn walk(client: &Client, order: &Value, forward: bool) -> Vec<String> {
    let (size, cursor, more, end) = if forward {
        ("first", "after", "hasNextPage", "endCursor")
    } else {
        ("last", "before", "hasPreviousPage", "startCursor")
    };
    let mut variables = json!({ "order": order });
    variables[size] = json!(7);
    let mut all = Vec::new();
    loop {
        let page = &client.run(PAGE, variables.clone()).await["products"];
        if forward {
            all.extend(skus(page));
        } else {
            all.splice(0..0, skus(page));
        }
        if page["pageInfo"][more] == false {
            return all;
        }
        variables[cursor] = page["pageInfo"][end].clone();
    }
}

#[tokio::test]
async fn pages_meet_without_gap_or_overlap_in_any_order() {
    let (_server, dealer) = shop().await;
    for order in [
        json!(null),
        json!([{ "field": "SKU" }]),
        json!([{ "field": "LIST_PRICE", "direction": "DESC" }]),
        // All were made in one transaction: equal keys, told apart by the id.
        json!([{ "field": "CREATED_AT", "direction": "DESC" }, { "field": "NAME" }]),
        json!([{ "field": "UPDATED_AT" }]),
    ] {
        let all = &dealer
            .client
            .run(PAGE, json!({ "first": 200, "order": order }))
            .await["products"];
        let all = skus(all);
        assert_eq!(all.len(), 42);
        assert_eq!(walk(&dealer.client, &order, true).await, all, "{order}");
        assert_eq!(walk(&dealer.client, &order, false).await, all, "{order}");
    }
}

#[tokio::test]
async fn a_page_stays_right_while_rows_are_added_before_it() {
    let (_server, dealer) = shop().await;
    let order = json!([{ "field": "SKU" }]);
    let first = &dealer
        .client
        .run(PAGE, json!({ "first": 5, "order": order }))
        .await["products"];
    let unit = dealer.client.get("{ unit(code: \"pc\") { id } }").await["unit"]["id"].clone();
    let input = json!({ "sku": "AAA", "name": "A", "listPrice": "1", "baseUnitId": unit });
    super::mutate(&dealer.client, "productCreate", "product { id }", input).await;
    let after = json!({ "first": 5, "after": first["pageInfo"]["endCursor"], "order": order });
    let second = &dealer.client.run(PAGE, after).await["products"];
    assert!(skus(first).iter().all(|sku| !skus(second).contains(sku)));
}

#[tokio::test]
async fn wrong_pages_name_what_is_wrong() {
    let (_server, dealer) = shop().await;
    for (variables, field) in [
        (json!({ "first": 0 }), "first"),
        (json!({ "first": 201 }), "first"),
        (json!({ "last": -1 }), "last"),
        (json!({ "first": 1, "last": 1 }), "first"),
        (json!({ "after": "no cursor" }), "after"),
    ] {
        let answer = dealer.client.send(PAGE, variables.clone()).await;
        assert_eq!(
            answer.code(),
            "BAD_USER_INPUT",
            "{variables}: {:#}",
            answer.body
        );
        let named = &answer.body["errors"][0]["extensions"]["field"];
        assert_eq!(named, field, "{variables}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_order_or_list_is_refused() {
    let (_server, dealer) = shop().await;
    let page = &dealer.client.run(PAGE, json!({ "first": 1 })).await["products"];
    let cursor = page["pageInfo"]["endCursor"].clone();
    for order in [
        json!([{ "field": "SKU" }]),
        json!([{ "field": "NAME", "direction": "DESC" }]),
        json!([{ "field": "NAME" }, { "field": "SKU" }]),
    ] {
        let variables = json!({ "after": cursor, "order": order });
        let answer = dealer.client.send(PAGE, variables).await;
        assert_eq!(
            answer.code(),
            "BAD_USER_INPUT",
            "{order}: {:#}",
            answer.body
        );
    }
    for list in ["units", "customers", "categories", "warehouses"] {
        let query = format!("query($after: String) {{ {list}(after: $after) {{ totalCount }} }}");
        let answer = dealer.client.send(&query, json!({ "after": cursor })).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{list}: {:#}", answer.body);
    }
}

async fn matching(client: &Client, condition: Value) -> Vec<String> {
    let query = "query($where: ProductWhere) {
        products(first: 200, where: $where, orderBy: [{ field: SKU }]) { totalCount nodes { sku } }
    }";
    let data = client.run(query, json!({ "where": condition })).await;
    let found = skus(&data["products"]);
    assert_eq!(data["products"]["totalCount"], found.len());
    found
}

#[tokio::test]
async fn conditions_select_what_they_say() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    assert_eq!(
        matching(client, json!({ "sku": { "eq": "SND-RIV" } })).await,
        ["SND-RIV"]
    );
    assert_eq!(
        matching(
            client,
            json!({ "sku": { "oneOf": ["SND-RIV", "CEM-OPC-25", "NONE"] } })
        )
        .await,
        ["CEM-OPC-25", "SND-RIV"]
    );
    assert_eq!(
        matching(client, json!({ "name": { "startsWith": "rebar d1" } })).await,
        ["RBR-D10", "RBR-D12", "RBR-D16"]
    );
    assert_eq!(
        matching(client, json!({ "kind": "SERVICE" })).await,
        ["SRV-DEL"]
    );
    assert_eq!(matching(client, json!({ "archived": true })).await, [""; 0]);
    let either = json!({ "OR": [{ "sku": { "eq": "SND-RIV" } }, { "kind": "SERVICE" }] });
    assert_eq!(matching(client, either).await, ["SND-RIV", "SRV-DEL"]);
    let neither = json!({ "NOT": { "name": { "startsWith": "" } } });
    assert_eq!(matching(client, neither).await, [""; 0]);
    let all = matching(client, json!({})).await;
    let dear = matching(client, json!({ "listPrice": { "gte": "1000000" } })).await;
    let cheap = matching(
        client,
        json!({ "NOT": { "listPrice": { "gte": "1000000" } } }),
    )
    .await;
    assert!(!dear.is_empty() && !cheap.is_empty());
    assert_eq!(dear.len() + cheap.len(), all.len());
}

/// NOT is the whole of what is left: rows without a value are in it.
#[tokio::test]
async fn not_includes_rows_without_a_value() {
    let (_server, dealer) = shop().await;
    let unit = dealer.client.get("{ unit(code: \"pc\") { id } }").await["unit"]["id"].clone();
    let input = json!({ "sku": "LOOSE", "name": "Loose", "listPrice": "1", "baseUnitId": unit });
    super::mutate(&dealer.client, "productCreate", "product { id }", input).await;
    let category = dealer
        .client
        .get("{ product(sku: \"SND-RIV\") { category { id } } }")
        .await;
    let id = &category["product"]["category"]["id"];
    let not = json!({ "NOT": { "categoryId": { "eq": id } } });
    assert!(
        matching(&dealer.client, not)
            .await
            .contains(&"LOOSE".to_owned())
    );
}

#[tokio::test]
async fn factors_are_exact() {
    let (_server, dealer) = shop().await;
    let data = dealer
        .client
        .get("{ product(sku: \"AAC-100\") { units { num den isBase unit { code } } } }")
        .await;
    let units = data["product"]["units"].as_array().unwrap();
    let cubic = units
        .iter()
        .find(|unit| unit["unit"]["code"] == "m3")
        .unwrap();
    assert_eq!((&cubic["num"], &cubic["den"]), (&json!("250"), &json!("3")));
    assert_eq!(
        units.iter().filter(|unit| unit["isBase"] == true).count(),
        1
    );
}

#[tokio::test]
async fn an_answer_has_its_fields_in_the_order_of_the_question() {
    let (_server, dealer) = shop().await;
    let query = "{ products(first: 2) {
        nodes { stockLevels { warehouse { code } onHand { value } } sku category { name code } name }
        totalCount
    } }";
    let request = dealer.client.request(reqwest::Method::POST, "/graphql");
    let answer = request
        .json(&json!({ "query": query }))
        .send()
        .await
        .unwrap();
    let text = answer.text().await.unwrap();
    let places = [
        "nodes",
        "stockLevels",
        "warehouse",
        "onHand",
        "sku",
        "category",
        "name",
        "totalCount",
    ];
    let found: Vec<_> = places
        .iter()
        .map(|key| text.find(&format!("\"{key}\":")))
        .collect();
    assert!(
        found.iter().all(Option::is_some) && found.is_sorted(),
        "{text}"
    );
}

#[tokio::test]
async fn texts_and_times_that_the_database_can_not_hold_are_bad_input() {
    let (_server, dealer) = shop().await;
    for query in [
        r#"{ products(where: { sku: { eq: "\u0000" } }) { totalCount } }"#,
        r#"{ products(search: "a\u0000") { totalCount } }"#,
        r#"{ unit(code: "\u0000") { id } }"#,
        r#"{ products(where: { updatedAt: { gte: "-262142-12-31T23:59:59Z" } }) { totalCount } }"#,
        r#"mutation { login(input: { email: "\u0000@b.c", password: "x" }) { accessToken } }"#,
    ] {
        let answer = dealer.client.send(query, json!({})).await;
        assert_eq!(
            answer.code(),
            "BAD_USER_INPUT",
            "{query}: {:#}",
            answer.body
        );
    }
    let query = "query($text: String) { products(search: $text) { totalCount } }";
    let answer = dealer.client.send(query, json!({ "text": "\u{0}" })).await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
}
