//! Documents that are known, sent by their hash, or trusted.

use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tubex::config::ServerSettings;
use tubex::platform::operations::query::{TrustedRow, remove, upsert};

use crate::support::{Answer, Client, Server, until};

fn hash(text: &str) -> String {
    let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    tubex::kernel::hex::encode(&hash)
}

fn persisted(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

async fn post(client: &Client, body: Value) -> Answer {
    let request = client.request(Method::POST, "/graphql").json(&body);
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn an_operation_sent_again_is_neither_parsed_nor_validated() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let query =
        "query($n: Int, $after: String) { products(first: $n, after: $after) { nodes { sku } } }";
    let counts = || {
        let documents = &server.app.documents;
        (documents.misses.get(), documents.hits.get())
    };
    let (misses, hits) = counts();
    for n in [5, 5, 6, 5, 6] {
        dealer.client.run(query, json!({ "n": n })).await;
    }
    // Another size of the page costs something else.
    assert_eq!(counts(), (misses + 2, hits + 3));
    // What is wrong is said as often as it is sent.
    for _ in 0..2 {
        let answer = dealer.client.send(query, json!({ "n": "five" })).await;
        assert_eq!(answer.code(), "GRAPHQL_INVALID");
    }
}

#[tokio::test]
async fn a_hash_stands_for_a_text_that_was_sent_once() {
    let server = Server::start().await;
    let client = server.anonymous();
    let query = "query Once { __typename }";
    let by_hash = json!({ "extensions": persisted(&hash(query)) });
    let answer = post(&client, by_hash.clone()).await;
    assert_eq!(
        (answer.status, answer.code()),
        (200, "PERSISTED_QUERY_NOT_FOUND")
    );
    // Clients look for this word.
    assert_eq!(
        answer.body["errors"][0]["message"],
        "PersistedQueryNotFound"
    );
    let with_text = json!({ "query": query, "extensions": persisted(&hash(query)) });
    assert_eq!(
        post(&client, with_text).await.body["data"]["__typename"],
        "Query"
    );
    assert_eq!(
        post(&client, by_hash).await.body["data"]["__typename"],
        "Query"
    );
    // By GET, which caches between can keep.
    let extensions = persisted(&hash(query)).to_string();
    let address = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("extensions", &extensions)
        .finish();
    let request = client.request(Method::GET, &format!("/graphql?{address}"));
    let answer = Answer::of(request.send().await.unwrap()).await;
    assert_eq!(answer.body["data"]["__typename"], "Query");
}

#[tokio::test]
async fn a_text_under_another_hash_is_refused() {
    let server = Server::start().await;
    let client = server.anonymous();
    let body = json!({ "query": "{ __typename }", "extensions": persisted(&hash("{ other }")) });
    assert_eq!(post(&client, body).await.code(), "GRAPHQL_INVALID");
    let other = json!({ "extensions": persisted(&hash("{ other }")) });
    assert_eq!(
        post(&client, other).await.code(),
        "PERSISTED_QUERY_NOT_FOUND"
    );
}

#[tokio::test]
async fn hashes_can_be_turned_off() {
    let off = |settings: &mut ServerSettings| settings.limits.persisted_queries = false;
    let server = Server::start_with(off).await;
    let client = server.anonymous();
    let query = "{ __typename }";
    client.get(query).await;
    let answer = post(&client, json!({ "extensions": persisted(&hash(query)) })).await;
    assert_eq!(
        answer.body["errors"][0]["message"],
        "PersistedQueryNotSupported"
    );
    let with_text = json!({ "query": query, "extensions": persisted(&hash(query)) });
    assert_eq!(
        post(&client, with_text).await.body["data"]["__typename"],
        "Query"
    );
}

#[tokio::test]
async fn a_server_that_trusts_takes_what_was_imported_and_nothing_else() {
    let trusting = |settings: &mut ServerSettings| settings.limits.trusted_operations = true;
    let server = Server::start_with(trusting).await;
    let client = server.anonymous();
    let query = format!("query Trusted{} {{ __typename }}", std::process::id());
    assert_eq!(
        post(&client, json!({ "query": query })).await.code(),
        "OPERATION_NOT_TRUSTED"
    );
    let mut conn = server.app.core.control.checkout().await.unwrap();
    let row = TrustedRow {
        sha256: hash(&query),
        document: query.clone(),
        name: None,
        imported_at: server.clock.now(),
    };
    upsert(&mut conn, &[row]).await.unwrap();
    let by_hash = json!({ "extensions": persisted(&hash(&query)) });
    until("the node has seen the import", async || {
        post(&client, by_hash.clone()).await.status == 200
            && post(&client, by_hash.clone()).await.body["data"]["__typename"] == "Query"
    })
    .await;
    assert_eq!(
        post(&client, json!({ "query": query })).await.code(),
        "none"
    );
    for other in ["{ __typename }", "{ __schema { types { name } } }"] {
        let answer = post(&client, json!({ "query": other })).await;
        assert_eq!(answer.code(), "OPERATION_NOT_TRUSTED", "{other}");
    }
    assert_eq!(remove(&mut conn, &[hash(&query)]).await.unwrap(), 1);
    until("the node has seen that it is gone", async || {
        post(&client, by_hash.clone()).await.code() == "OPERATION_NOT_TRUSTED"
    })
    .await;
}

#[tokio::test]
async fn the_schema_and_hints_at_it_can_be_kept_back() {
    let server = Server::start_with(|settings| settings.limits.introspection = false).await;
    let answer = post(
        &server.anonymous(),
        json!({ "query": "{ a: __schema { types { name } } }" }),
    )
    .await;
    assert_eq!(answer.code(), "FORBIDDEN");
    for (suggestions, told) in [(false, false), (true, true)] {
        let set = |settings: &mut ServerSettings| settings.limits.suggestions = suggestions;
        let server = Server::start_with(set).await;
        let answer = post(
            &server.anonymous(),
            json!({ "query": "{ product { id } productz { id } }" }),
        )
        .await;
        let text = answer.body.to_string();
        assert_eq!(text.contains("Did you mean"), told, "{text}");
    }
}
