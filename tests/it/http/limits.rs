//! Bounds on size, depth, complexity and time.

use std::time::Duration;

use serde_json::json;

use crate::support::{Server, hold, owner, until};

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_with_413() {
    let server = Server::start_with(|settings| settings.max_body_bytes = 2000).await;
    let client = server.anonymous();
    let padding = "#".repeat(2000);
    let answer = client
        .send(&format!("{{ __typename }} {padding}"), json!({}))
        .await;
    assert_eq!((answer.status, answer.code()), (413, "LIMIT_EXCEEDED"));
    let message = answer.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("2000 bytes"), "{message}");
    client
        .get(&format!("{{ __typename }} {}", &padding[..1500]))
        .await;
}

/// A query of the tree of categories, `levels` fields deep.
fn deep(levels: usize) -> String {
    let mut query = "code".to_owned();
    for _ in 0..levels - 3 {
        query = format!("parent {{ {query} }}");
    }
    format!("{{ categories {{ nodes {{ {query} }} }} }}")
}

#[tokio::test]
async fn a_document_beyond_the_depth_limit_is_refused() {
    let server = Server::start_with(|settings| settings.max_depth = 8).await;
    let dealer = server.dealer().await;
    dealer.client.get(&deep(8)).await;
    let answer = dealer.client.send(&deep(9), json!({})).await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED");
    assert!(answer.body["data"].is_null());
}

#[tokio::test]
async fn a_fragment_does_not_hide_depth() {
    let server = Server::start_with(|settings| settings.max_depth = 8).await;
    let dealer = server.dealer().await;
    let query = "{ categories { nodes { ...A } } }
        fragment A on Category { parent { parent { ...B } } }
        fragment B on Category { parent { parent { parent { parent { code } } } } }";
    let answer = dealer.client.send(query, json!({})).await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn text_nested_beyond_reason_does_not_reach_the_stack() {
    let server = Server::start().await;
    let nested = |levels| format!("{}code{}", "{ a ".repeat(levels), "}".repeat(levels));
    let answer = server.anonymous().send(&nested(50), json!({})).await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED", "{:#}", answer.body);
    // Here nobody reads to the end.
    let answer = server.anonymous().send(&nested(20_000), json!({})).await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED", "{:#}", answer.body);
    server.anonymous().get("{ __typename }").await;
}

#[tokio::test]
async fn complexity_counts_lists_by_their_size() {
    let server = Server::start_with(|settings| settings.max_complexity = 80).await;
    let dealer = server.dealer().await;
    let query = "query($n: Int) { products(first: $n) { nodes { sku name kind version } } }";
    dealer.client.run(query, json!({ "n": 50 })).await;
    let answer = dealer.client.send(query, json!({ "n": 200 })).await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED", "{:#}", answer.body);
    assert!(answer.body["data"].is_null());
}

#[tokio::test]
async fn complexity_of_aliases_adds_up() {
    let server = Server::start_with(|settings| settings.max_complexity = 80).await;
    let dealer = server.dealer().await;
    let page = "products(first: 50) { nodes { sku name kind version } }";
    dealer
        .client
        .get(&format!("{{ a: {page} b: {page} }}"))
        .await;
    let many = format!("{{ a: {page} b: {page} c: {page} d: {page} }}");
    let answer = dealer.client.send(&many, json!({})).await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED", "{:#}", answer.body);
}

#[tokio::test]
async fn a_mutation_beyond_the_time_limit_is_undone() {
    let limit = Duration::from_millis(400);
    let patient = Server::start().await;
    let dealer = patient.dealer().await;
    let input = dealer.product_input("LATE").await;
    let held = hold(&dealer.schema, "products").await;
    let hasty = Server::start_with(|settings| settings.request_timeout_ms = limit).await;
    let create = hasty.app.directory.admit_system(dealer.id, "test").await;
    assert!(create.is_ok(), "the dealer is known before the clock runs");
    let client = hasty.client_of(&dealer);
    let query =
        "mutation($input: ProductCreateInput!) { productCreate(input: $input) { product { id } } }";
    let answer = client.send(query, json!({ "input": input })).await;
    assert_eq!(
        (answer.status, answer.code()),
        (504, "TIMEOUT"),
        "{:#}",
        answer.body
    );
    let message = answer.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("400 ms"), "{message}");
    // The abandoned statement gets its lock, and may end as it likes.
    held.is_wanted().await;
    held.release().await;
    until("the abandoned transaction has ended", async || {
        let (_open, busy_dealers) = hasty.app.tenants.connections();
        busy_dealers == 0
    })
    .await;
    let count = format!("SELECT count(*) FROM \"{}\".products", dealer.schema);
    let rows: i64 = owner().await.query_one(&count, &[]).await.unwrap().get(0);
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn fragments_that_multiply_are_refused_before_they_run() {
    let server = Server::start().await;
    let fragments: Vec<String> = (0..25)
        .map(|level| {
            format!(
                "fragment F{level} on Query {{ ...F{0} ...F{0} }}",
                level + 1
            )
        })
        .collect();
    let document = format!(
        "{{ ...F0 }} {} fragment F25 on Query {{ __typename }}",
        fragments.join(" ")
    );
    let answer = server.anonymous().send(&document, json!({})).await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn lists_inside_lists_end_at_the_limit_of_records() {
    let server = Server::start_with(|settings| settings.max_rows = 100).await;
    let dealer = server.dealer_like(&tubex::demo::data::DEALERS[0]).await;
    let small = "{ products(first: 20) { nodes { category { code } } } }";
    dealer.client.get(small).await;
    let large = "{ products(first: 40) { nodes { units { unit { code } } } } }";
    let answer = dealer.client.send(large, json!({})).await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED", "{:#}", answer.body);
    let fans = "{ category(code: \"X\") { children { children { children { children { children {
        children { children { code } } } } } } } } }";
    let answer = dealer.client.send(fans, json!({})).await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED", "{:#}", answer.body);
}
