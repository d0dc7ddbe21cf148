//! Changes that are sent again.

use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tubex::auth::role::{BuiltInRole, RoleCode};

use crate::support::{Answer, Client, Server, TestDealer, owner};

const CREATE: &str = "mutation($input: UnitCreateInput!) {
    unitCreate(input: $input) { unit { id code } userErrors { code path } } }";

fn unit(code: &str, key: Option<&str>) -> Value {
    json!({ "input": {
        "code": code, "name": code, "dimension": "COUNT", "scale": 0, "idempotencyKey": key,
    } })
}

async fn create(client: &Client, code: &str, key: &str) -> Answer {
    client.send(CREATE, unit(code, Some(key))).await
}

fn made(answer: &Answer) -> Value {
    let payload = answer.body["data"]["unitCreate"].clone();
    assert!(payload["unit"]["id"].is_string(), "{:#}", answer.body);
    payload
}

/// How many units with such a code the dealer has.
async fn count(dealer: &TestDealer, code: &str) -> i64 {
    let sql = format!(
        "SELECT count(*) FROM {}.units WHERE code LIKE $1",
        dealer.schema
    );
    owner()
        .await
        .query_one(&sql, &[&code])
        .await
        .unwrap()
        .get(0)
}

async fn kept(dealer: &TestDealer) -> i64 {
    let sql = format!("SELECT count(*) FROM {}.kept_answers", dealer.schema);
    owner().await.query_one(&sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn the_same_change_is_made_once_and_answered_alike() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let first = create(&dealer.client, "ONE", "k1").await;
    let again = create(&dealer.client, "ONE", "k1").await;
    assert_eq!(made(&first), made(&again));
    assert_eq!(count(&dealer, "ONE").await, 1);
    // The claim, and what was answered.
    assert_eq!(again.statements(), 2);
    // Without a key it is another try, and refused.
    let without = dealer.client.send(CREATE, unit("ONE", None)).await;
    let errors = &without.body["data"]["unitCreate"]["userErrors"];
    assert_eq!(errors[0]["code"], "ALREADY_EXISTS");
}

#[tokio::test]
async fn it_is_answered_by_a_server_that_was_not_there() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let first = create(&dealer.client, "ONE", "k1").await;
    drop(server);
    let other = Server::start().await;
    let again = create(&other.client_of(&dealer), "ONE", "k1").await;
    assert_eq!(made(&first), made(&again));
}

#[tokio::test]
async fn of_many_at_once_one_is_made_and_all_are_answered() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let all = join_all((0..12).map(|_| create(&dealer.client, "MANY", "k1"))).await;
    let first = made(&all[0]);
    assert!(all.iter().all(|answer| made(answer) == first));
    assert_eq!(count(&dealer, "MANY").await, 1);
}

#[tokio::test]
async fn another_change_under_the_key_is_refused() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    made(&create(&dealer.client, "ONE", "k1").await);
    let other = create(&dealer.client, "TWO", "k1").await;
    assert_eq!(other.code(), "IDEMPOTENCY_KEY_REUSED");
    let field = &other.body["errors"][0]["extensions"]["field"];
    assert_eq!(field, "input.idempotencyKey", "{:#}", other.body);
    assert_eq!(count(&dealer, "TWO").await, 0);
    // What is asked about the record belongs to it.
    let less = CREATE.replace("id code", "id");
    let less = dealer.client.send(&less, unit("ONE", Some("k1"))).await;
    assert_eq!(less.code(), "IDEMPOTENCY_KEY_REUSED");
}

#[tokio::test]
async fn the_order_of_an_inputs_fields_does_not_matter() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let first = made(&create(&dealer.client, "ONE", "k1").await);
    let inline = "mutation { unitCreate(input: { idempotencyKey: \"k1\", scale: 0, name: \"ONE\",
        dimension: COUNT, code: \"ONE\" }) { unit { id code } userErrors { code path } } }";
    let again = dealer.client.send(inline, json!({})).await;
    assert_eq!(again.body["data"]["unitCreate"], first, "{:#}", again.body);
}

#[tokio::test]
async fn what_was_refused_may_be_sent_again() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let refused = create(&dealer.client, "", "k1").await;
    assert!(refused.body["data"]["unitCreate"]["unit"].is_null());
    assert_eq!(kept(&dealer).await, 0);
    made(&create(&dealer.client, "ONE", "k1").await);
    assert_eq!(kept(&dealer).await, 1);
}

#[tokio::test]
async fn a_key_is_its_users_own() {
    let server = Server::start().await;
    let (a, b) = (server.dealer().await, server.dealer().await);
    let member = server.member(&a, &[RoleCode::OWNER]).await;
    let first = made(&create(&a.client, "ONE", "k1").await);
    let elsewhere = made(&create(&b.client, "ONE", "k1").await);
    assert_ne!(first["unit"]["id"], elsewhere["unit"]["id"]);
    let colleague = create(&member.client, "TWO", "k1").await;
    assert_ne!(made(&colleague)["unit"]["id"], first["unit"]["id"]);
}

#[tokio::test]
async fn who_may_do_less_now_is_told_nothing() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    made(&create(&dealer.client, "ONE", "k1").await);
    let less = server.client_as(
        &dealer,
        dealer.owner,
        &[RoleCode::BuiltIn(BuiltInRole::Viewer)],
        None,
    );
    let again = create(&less, "ONE", "k1").await;
    assert_eq!(again.code(), "FORBIDDEN");
    assert!(again.body["data"].is_null());
}

#[tokio::test]
async fn the_header_does_the_same_for_each_field() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let query = "mutation($a: UnitCreateInput!, $b: UnitCreateInput!) {
        a: unitCreate(input: $a) { unit { id } } b: unitCreate(input: $b) { unit { id } } }";
    let variables = json!({ "a": unit("A", None)["input"], "b": unit("B", None)["input"] });
    let body = json!({ "query": query, "variables": variables });
    let send = async |key: &str| {
        let request = dealer.client.request(reqwest::Method::POST, "/graphql");
        let request = request.header("Idempotency-Key", key).json(&body);
        Answer::of(request.send().await.unwrap()).await
    };
    let first = send("h1").await;
    assert!(
        first.body["data"]["b"]["unit"]["id"].is_string(),
        "{:#}",
        first.body
    );
    assert_eq!(send("h1").await.body["data"], first.body["data"]);
    assert_ne!(first.body["data"]["a"], first.body["data"]["b"]);
    // A header without words is no key.
    assert_eq!(send("").await.code(), "BAD_USER_INPUT");
}

/// What would be made again each time is not sent under a key.
#[tokio::test]
async fn a_change_that_takes_no_key_refuses_that_of_the_header() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let send = async |query: &str, key: bool| {
        let request = dealer.client.request(reqwest::Method::POST, "/graphql");
        let request = request.json(&json!({ "query": query }));
        let request = if key {
            request.header("Idempotency-Key", "h1")
        } else {
            request
        };
        Answer::of(request.send().await.unwrap()).await
    };
    let upload = "fileUploadBegin(input: { name: \"a.png\", size: 100 }) { upload { fileId } }";
    for field in [
        upload,
        "webhookEndpointCreate(input: { url: \"https://a.example\", events: [\"*\"] }) { secret }",
        "webhookEndpointSecretRotate(input: { id: \"whe_\" }) { secret }",
        "webhookReplay(input: {}) { count }",
        "login(input: { email: \"a@b.example\", password: \"x\" }) { accessToken }",
    ] {
        let refused = send(&format!("mutation {{ {field} }}"), true).await;
        assert_eq!(
            refused.code(),
            "BAD_USER_INPUT",
            "{field}: {:#}",
            refused.body
        );
        let about = &refused.body["errors"][0]["extensions"]["field"];
        assert_eq!(about, "Idempotency-Key", "{field}: {:#}", refused.body);
    }
    let sql = format!("SELECT count(*) FROM {}.files", dealer.schema);
    let files: i64 = owner().await.query_one(&sql, &[]).await.unwrap().get(0);
    assert_eq!(files, 0);
    let begun = send(&format!("mutation {{ {upload} }}"), false).await;
    assert!(begun.body["data"]["fileUploadBegin"]["upload"].is_object());
    // Queries are asked as often as one likes.
    let asked = send("{ units { totalCount } }", true).await;
    assert!(asked.body["errors"].is_null(), "{:#}", asked.body);
}

#[tokio::test]
async fn a_key_has_so_many_characters() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    for key in [String::new(), "k".repeat(201)] {
        let refused = create(&dealer.client, "ONE", &key).await;
        assert!(refused.body["errors"].is_array(), "{:#}", refused.body);
    }
    made(&create(&dealer.client, "ONE", &"k".repeat(200)).await);
    assert_eq!(kept(&dealer).await, 1);
}

#[tokio::test]
async fn answers_go_after_a_week() {
    let server = Server::start().await;
    let dealer = Arc::new(server.dealer().await);
    made(&create(&dealer.client, "ONE", "k1").await);
    age(&dealer, TimeDelta::days(8)).await;
    // The key is free again.
    let later = create(&dealer.client, "TWO", "k1").await;
    made(&later);
    age(&dealer, TimeDelta::days(8)).await;
    made(&create(&dealer.client, "NEW", "k2").await);
    let (pruner, schema) = (server.app.event_pruner(), dealer.schema.parse().unwrap());
    let core = server.app.core.owner.clone();
    let went = core.run(move |conn| pruner.prune_answers(conn, &schema));
    assert_eq!((went.await.unwrap(), kept(&dealer).await), (1, 1));
}

async fn age(dealer: &TestDealer, by: TimeDelta) {
    let sql = format!(
        "UPDATE {}.kept_answers SET at = at - interval '{} days'",
        dealer.schema,
        by.num_days()
    );
    owner().await.batch_execute(&sql).await.unwrap();
}

/// Each change of the shop takes a key; those of accounts do not: they hand out
/// secrets, which are kept nowhere.
#[tokio::test]
async fn every_change_of_the_shop_takes_a_key() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let query = "{ __schema { mutationType { fields { name args { name type { ofType {
        name inputFields { name } } } } } } } }";
    let data = dealer.client.get(query).await;
    let fields = data["__schema"]["mutationType"]["fields"]
        .as_array()
        .unwrap();
    let shop = [
        "product",
        "unit",
        "category",
        "warehouse",
        "customer",
        "job",
        "price",
        "stock",
        "attachment",
        "bulk",
    ];
    let mut seen = 0;
    for field in fields {
        let name = field["name"].as_str().unwrap();
        if !shop.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        let inputs = field["args"][0]["type"]["ofType"]["inputFields"].as_array();
        let takes = |input: &Value| input["name"] == "idempotencyKey";
        assert!(inputs.unwrap().iter().any(takes), "{name} takes no key");
        seen += 1;
    }
    assert!(seen >= 10, "{seen}");
}
