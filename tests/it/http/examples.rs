//! The operations that the page offers to begin with.

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use serde_json::{Value, json};
use tubex::demo::data::DEALERS;

use crate::support::{Server, TestDealer};

/// Beside the operations of an area, one that does nothing: with it they are all validated, and
/// none of them is run.
const IDLE: &str = "\nquery Idle__ { __typename }\n";

/// Area and text of each.
async fn offered(server: &Server) -> Vec<(String, String)> {
    let request = server
        .anonymous()
        .request(reqwest::Method::GET, "/graphiql/config.json");
    let config: Value = request.send().await.unwrap().json().await.unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let examples = config["examples"].as_array().unwrap().iter();
    examples
        .map(|one| (text(&one["area"]), text(&one["query"])))
        .collect()
}

/// The answer to one operation of a text.
async fn answer(dealer: &TestDealer, (text, name): (&str, &str), variables: &Value) -> Value {
    let body = json!({ "query": text, "operationName": name, "variables": variables });
    let request = dealer
        .client
        .request(reqwest::Method::POST, "/graphql")
        .json(&body);
    request.send().await.unwrap().json().await.unwrap()
}

/// Names of the operations of a kind.
fn named(document: &ExecutableDocument, kind: OperationType) -> Vec<String> {
    let operations = document.operations.iter();
    let of_kind = operations.filter(|(_, operation)| operation.node.ty == kind);
    of_kind
        .map(|(name, _)| name.expect("each has a name").to_string())
        .collect()
}

#[tokio::test]
async fn each_area_has_operations_that_fit_the_schema() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let examples = offered(&server).await;
    assert_eq!(examples.len(), 10);
    for (area, text) in &examples {
        assert!(text.starts_with("# "), "{area} says what it is about");
        let all = format!("{text}{IDLE}");
        let checked = answer(&dealer, (&all, "Idle__"), &json!({})).await;
        let typename = json!({ "data": { "__typename": "Query" } });
        assert_eq!(checked["data"], typename["data"], "{area}: {checked:#}");
        assert!(checked.get("errors").is_none(), "{area}: {checked:#}");
    }
    let kinds = [OperationType::Mutation, OperationType::Subscription];
    for kind in kinds {
        let mut texts = examples.iter().map(|(_, text)| parse_query(text).unwrap());
        assert!(texts.any(|document| !named(&document, kind).is_empty()));
    }
}

#[tokio::test]
async fn their_queries_are_answered_at_a_shop_of_the_demo() {
    let server = Server::start().await;
    for demo in DEALERS {
        let dealer = server.dealer_like(demo).await;
        let found = dealer
            .client
            .get("{ customers(first: 1) { nodes { id } } }")
            .await;
        let variables = json!({ "customer": found["customers"]["nodes"][0]["id"] });
        for (area, text) in offered(&server).await {
            for name in named(&parse_query(&text).unwrap(), OperationType::Query) {
                let answer = answer(&dealer, (&text, &name), &variables).await;
                let errors = &answer["errors"];
                assert!(errors.is_null(), "{area}: {name}: {errors:#}");
            }
        }
    }
}
