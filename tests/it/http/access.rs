//! Who gets in: nobody, token bearers, and bearers of tokens gone by.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tubex::kernel::clock::Clock;

use crate::support::{Answer, Client, Server};

const PRODUCTS: &str = "{ products { nodes { sku } } }";

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn assert_refused(answer: &Answer) {
    assert_eq!(answer.status, 401, "{:#}", answer.body);
    assert_eq!(answer.code(), "UNAUTHENTICATED");
    assert!(answer.body["data"].is_null());
    let sent = answer.headers["x-request-id"].to_str().unwrap();
    assert_eq!(answer.body["errors"][0]["extensions"]["requestId"], sent);
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn nobody_sees_a_shop() {
    let server = Server::start().await;
    let nobody = server.anonymous();
    for query in [
        PRODUCTS,
        "{ viewer { user { email } } }",
        "{ node(id: \"x\") { id } }",
        "mutation { unitCreate(input: { code: \"x\", name: \"x\", dimension: MASS, scale: 0 }) { unit { id } } }",
    ] {
        let answer = nobody.send(query, json!({})).await;
        // The document was run, so older clients get a 200.
        assert_eq!(
            (answer.status, answer.code()),
            (200, "UNAUTHENTICATED"),
            "{query}"
        );
        assert!(answer.body["data"].is_null());
    }
}

#[tokio::test]
async fn nobody_may_introspect_as_deep_as_editors_do() {
    let server = Server::start().await;
    let mut of_type = "kind name".to_owned();
    for _ in 0..9 {
        of_type = format!("kind name ofType {{ {of_type} }}");
    }
    let query = format!(
        "{{ __schema {{ queryType {{ name }} subscriptionType {{ name }}
             types {{ name fields {{ name args {{ name type {{ {of_type} }} }} }} }} }} }}"
    );
    let data = server.anonymous().get(&query).await;
    assert_eq!(data["__schema"]["subscriptionType"]["name"], "Subscription");
    let types = data["__schema"]["types"].as_array().unwrap();
    assert!(types.iter().any(|kind| kind["name"] == "Product"));
}

#[tokio::test]
async fn a_wrong_token_is_refused_with_401() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let token = dealer.client.token().unwrap();
    // Signed with the key of another installation, cut short, and no token at all.
    let foreign = server.foreign_token(&dealer);
    for client in [
        Client::new(&server.url, Some(foreign)),
        dealer.client.with_token(&token[..token.len() - 4]),
        dealer.client.with_token("anything"),
        dealer.client.with_token(""),
    ] {
        assert_refused(&client.send(PRODUCTS, json!({})).await);
    }
}

#[tokio::test]
async fn another_scheme_than_bearer_is_refused_with_401() {
    let server = Server::start().await;
    let request = server
        .anonymous()
        .request(reqwest::Method::POST, "/graphql");
    let request = request.header("authorization", "Basic dXNlcjpwYXNzd29yZA==");
    let response = request
        .json(&json!({ "query": PRODUCTS }))
        .send()
        .await
        .unwrap();
    let answer = Answer::of(response).await;
    assert_refused(&answer);
    let message = answer.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("Bearer"), "{message}");
}

#[tokio::test]
async fn a_token_ends_a_quarter_of_an_hour_after_it_was_issued() {
    let server = Server::start_at(Clock::fixed(noon()), |_settings| {}).await;
    let dealer = server.dealer().await;
    dealer.client.get(PRODUCTS).await;
    server.clock.set(noon() + TimeDelta::minutes(15));
    // Clocks may disagree by five seconds.
    dealer.client.get(PRODUCTS).await;
    server
        .clock
        .set(noon() + TimeDelta::minutes(15) + TimeDelta::seconds(5));
    let answer = dealer.client.send(PRODUCTS, json!({})).await;
    assert_refused(&answer);
    let message = answer.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("expired"), "{message}");
}

#[tokio::test]
async fn a_token_from_the_future_is_refused_with_401() {
    let server = Server::start_at(Clock::fixed(noon()), |_settings| {}).await;
    let dealer = server.dealer().await;
    server.clock.set(noon() - TimeDelta::minutes(1));
    assert_refused(&dealer.client.send(PRODUCTS, json!({})).await);
}

#[tokio::test]
async fn a_closed_dealer_is_kept_out_with_his_tokens() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let close = "UPDATE platform.dealers SET status = 'ARCHIVED' WHERE schema_name = $1";
    let changed = crate::support::owner()
        .await
        .execute(close, &[&dealer.schema])
        .await;
    assert_eq!(changed.unwrap(), 1);
    // The node hears of it within a second; this is sooner.
    server.app.directory.forget(dealer.id);
    let answer = dealer.client.send(PRODUCTS, json!({})).await;
    assert_eq!((answer.status, answer.code()), (403, "DEALER_NOT_ACTIVE"));
}
