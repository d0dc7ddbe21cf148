//! What operations cost, what is left of a rate, and what happens when nothing is.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use tubex::auth::role::RoleCode;
use tubex::config::ServerSettings;
use tubex::kernel::clock::Clock;

use crate::support::{Answer, CREATE_PRODUCT, Client, Server};

const PAGE: &str = "{ products(first: 50) { nodes { sku name } } }";

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

async fn asked(client: &Client, query: &str) -> Answer {
    let request = client.request(Method::POST, "/graphql");
    let request = request
        .header("tubex-cost", "1")
        .json(&json!({ "query": query }));
    Answer::of(request.send().await.unwrap()).await
}

fn cost(answer: &Answer, field: &str) -> u64 {
    answer.body["extensions"]["cost"][field].as_u64().unwrap()
}

/// Every caller may ask for 100 units at once, every dealer for 150.
async fn sparing() -> Server {
    let sparing = |settings: &mut ServerSettings| {
        settings.max_complexity = 100;
        settings.limits.rate_per_caller = 200;
        settings.limits.rate_per_dealer = 300;
    };
    Server::start_at(Clock::fixed(noon()), sparing).await
}

#[tokio::test]
async fn the_cost_is_told_to_who_asks() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let answer = asked(&dealer.client, PAGE).await;
    assert!(cost(&answer, "requested") > 5);
    assert!(cost(&answer, "remaining") < cost(&answer, "limit"));
    let silent = dealer.client.send(PAGE, json!({})).await;
    assert_eq!(silent.body["extensions"]["cost"], Value::Null);
    // In the operation itself it can be asked for, too.
    let body = json!({ "query": PAGE, "extensions": { "cost": true } });
    let request = dealer.client.request(Method::POST, "/graphql").json(&body);
    let within = Answer::of(request.send().await.unwrap()).await;
    assert_eq!(cost(&within, "requested"), cost(&answer, "requested"));
}

#[tokio::test]
async fn who_has_used_up_the_rate_is_told_when_to_come_back() {
    let server = sparing().await;
    let dealer = server.dealer().await;
    let one = cost(&asked(&dealer.client, PAGE).await, "requested");
    let refused = loop {
        let answer = asked(&dealer.client, PAGE).await;
        if answer.status != 200 {
            break answer;
        }
        assert!(answer.headers.contains_key("ratelimit-policy"));
        let said = answer.headers["ratelimit"].to_str().unwrap();
        assert!(said.starts_with("\"caller\";r="), "{said}");
    };
    assert_eq!((refused.status, refused.code()), (429, "RATE_LIMITED"));
    let after: i64 = refused.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(refused.headers.contains_key("ratelimit"));
    let hint = refused.body["errors"][0]["extensions"]["retryAfterMs"]
        .as_i64()
        .unwrap();
    assert!(
        hint <= after * 1000 && (after - 1) * 1000 < hint,
        "{hint} {after}"
    );
    // Not before, and not much later.
    server.clock.set(noon() + TimeDelta::milliseconds(hint - 1));
    assert_eq!(asked(&dealer.client, PAGE).await.status, 429);
    server.clock.set(noon() + TimeDelta::milliseconds(hint + 1));
    let answer = asked(&dealer.client, PAGE).await;
    assert_eq!((answer.status, cost(&answer, "requested")), (200, one));
}

#[tokio::test]
async fn callers_have_their_own_shares_and_one_of_their_dealers() {
    let server = sparing().await;
    let (busy, calm) = (server.dealer().await, server.dealer().await);
    let colleague = server.member(&busy, &[RoleCode::OWNER]).await.client;
    while asked(&busy.client, PAGE).await.status == 200 {}
    // A colleague goes on until the dealer's share is at its end.
    let answer = asked(&colleague, PAGE).await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    let refused = loop {
        let answer = asked(&colleague, PAGE).await;
        if answer.status != 200 {
            break answer;
        }
    };
    let message = refused.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("--rate-per-dealer"), "{message}");
    assert_eq!(asked(&calm.client, PAGE).await.status, 200);
}

#[tokio::test]
async fn strangers_are_told_apart_by_their_addresses() {
    let server = sparing().await;
    let (one, other) = (server.anonymous(), server.anonymous());
    // What asks for nothing is a request all the same.
    for _ in 0..100 {
        assert_eq!(asked(&one, "{ __typename }").await.status, 200);
    }
    assert_eq!(asked(&one, "{ __typename }").await.status, 429);
    assert_eq!(asked(&other, "{ __typename }").await.status, 200);
}

#[tokio::test]
async fn no_rate_is_no_limit() {
    let none = |settings: &mut ServerSettings| {
        settings.limits.rate_per_caller = 0;
        settings.limits.rate_per_dealer = 0;
    };
    let server = Server::start_with(none).await;
    let dealer = server.dealer().await;
    let answer = asked(&dealer.client, PAGE).await;
    assert!(!answer.headers.contains_key("ratelimit"));
    let left = cost(&answer, "limit") - cost(&answer, "requested");
    assert_eq!(cost(&answer, "remaining"), left);
}

#[tokio::test]
async fn a_dealer_who_is_overloaded_hears_it_in_a_header_too() {
    let mut database = Server::start().await.database.clone();
    database.request_pool_size = 1;
    database.pool_wait_ms = Duration::from_millis(100);
    let server = Server::start_on(&database, Clock::system(), |_settings| {}).await;
    let dealer = server.dealer().await;
    // Making the connection may take longer than anybody waits for one.
    crate::support::until("there is a connection", async || {
        dealer.client.send(PAGE, json!({})).await.code() == "none"
    })
    .await;
    let held = crate::support::hold(&dealer.schema, "products").await;
    let (client, input) = (dealer.client.clone(), dealer.product_input("LATE").await);
    let waiting =
        tokio::spawn(async move { client.send(CREATE_PRODUCT, json!({ "input": input })).await });
    held.is_wanted().await;
    // The only connection is at work.
    let refused = dealer.client.send(PAGE, json!({})).await;
    assert_eq!((refused.status, refused.code()), (200, "OVERLOADED"));
    assert!(refused.headers.contains_key("retry-after"), "{refused:?}");
    held.release().await;
    waiting.await.unwrap();
}

#[tokio::test]
async fn a_dealer_whose_queue_is_full_is_refused_before_his_document_is_read() {
    let mut database = Server::start().await.database.clone();
    database.request_pool_size = 1;
    database.queue_per_dealer = 1;
    database.pool_wait_ms = Duration::from_secs(20);
    let server = Server::start_on(&database, Clock::system(), |_settings| {}).await;
    let (dealer, other) = (server.dealer().await, server.dealer().await);
    let mut inputs = Vec::new();
    for sku in ["LATE", "LATER"] {
        inputs.push(dealer.product_input(sku).await);
    }
    let held = crate::support::hold(&dealer.schema, "products").await;
    let waiting: Vec<_> = inputs
        .into_iter()
        .map(|input| {
            let client = dealer.client.clone();
            let sending =
                async move { client.send(CREATE_PRODUCT, json!({ "input": input })).await };
            tokio::spawn(sending)
        })
        .collect();
    // One is at work and one waits. Otherwise it would be told that there is no such field.
    crate::support::until("the queue is full", async || {
        dealer.client.send("{ nothing }", json!({})).await.status == 503
    })
    .await;
    let refused = dealer.client.send("{ nothing }", json!({})).await;
    assert_eq!((refused.status, refused.code()), (503, "OVERLOADED"));
    assert_eq!(refused.headers["retry-after"], "1");
    other.client.get("{ __typename }").await;
    server.anonymous().get("{ __typename }").await;
    held.release().await;
    for one in waiting {
        assert_eq!(one.await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn more_operations_than_there_are_places_for_are_told_to_come_again() {
    let server = Server::start_with(|settings| settings.limits.max_operations = 2).await;
    let dealer = server.dealer().await;
    let held = crate::support::hold(&dealer.schema, "products").await;
    let mut waiting = Vec::new();
    for sku in ["LATE", "LATER"] {
        let (client, input) = (dealer.client.clone(), dealer.product_input(sku).await);
        waiting.push(tokio::spawn(async move {
            client.send(CREATE_PRODUCT, json!({ "input": input })).await
        }));
    }
    held.is_wanted_by(2).await;
    let answer = dealer.client.send("{ __typename }", json!({})).await;
    assert_eq!((answer.status, answer.code()), (503, "OVERLOADED"));
    assert_eq!(answer.headers["retry-after"], "1");
    held.release().await;
    for one in waiting {
        assert_eq!(one.await.unwrap().status, 200);
    }
    dealer.client.get("{ __typename }").await;
}
