//! Files under keys, and links in answers that are kept.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tubex::kernel::clock::Clock;

use super::forms::{Part, form, operation, part};
use super::{download, png, upload};
use crate::support::{Answer, Client, Server, TestDealer, owner};

const KEPT: &str =
    "mutation($file: Upload!) { fileUpload(input: { file: $file, idempotencyKey: \"k\" }) {
    file { id url } userErrors { code } } }";
const PICTURE: &str = "; filename=\"sand.png\"\r\nContent-Type: image/png";
const ADD: &str = "mutation($input: AttachmentAddInput!) { attachmentAdd(input: $input) {
    attachment { file { at: url id } caption } userErrors { code path } } }";

async fn send(client: &Client, parts: &[Part<'_>]) -> Answer {
    let boundary = super::forms::BOUNDARY;
    let request = client
        .request(Method::POST, "/graphql")
        .header(
            "content-type",
            format!("multipart/form-data; boundary={boundary}"),
        )
        .header("apollo-require-preflight", "true")
        .body(form(parts));
    Answer::of(request.send().await.unwrap()).await
}

async fn keep(client: &Client, content: &[u8]) -> Answer {
    let operation = operation(KEPT);
    let map = part("map", "", br#"{ "0": ["variables.file"] }"#);
    let parts = [
        part("operations", "", operation.as_bytes()),
        map,
        part("0", PICTURE, content),
    ];
    send(client, &parts).await
}

/// What is kept of answers.
async fn answers(dealer: &TestDealer) -> String {
    let sql = format!(
        "SELECT string_agg(answer, ' ') FROM {}.kept_answers",
        dealer.schema
    );
    owner().await.query_one(&sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_file_that_is_sent_again_under_its_key_is_kept_once() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let content = png("once");
    let first = keep(&dealer.client, &content).await;
    let first = &first.body["data"]["fileUpload"];
    assert_eq!(first["userErrors"], json!([]), "{first:#}");
    let again = keep(&dealer.client, &content).await;
    let again = &again.body["data"]["fileUpload"];
    assert_eq!(again["file"]["id"], first["file"]["id"]);
    let read = download(&server.anonymous(), &again["file"]["url"]).await;
    assert_eq!(read.bytes().await.unwrap(), content);
    let sql = format!(
        "SELECT count(*) FROM {}.files WHERE state = 'KEPT'",
        dealer.schema
    );
    let kept: i64 = owner().await.query_one(&sql, &[]).await.unwrap().get(0);
    assert_eq!(kept, 1);
    let other = keep(&dealer.client, &png("another")).await;
    assert_eq!(other.code(), "IDEMPOTENCY_KEY_REUSED");
}

#[tokio::test]
async fn an_answer_is_kept_without_links_and_given_with_new_ones() {
    let start = Clock::system().now();
    let clock = Clock::fixed(start);
    let server = Server::start_at(clock.clone(), |_settings| {}).await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("SAND").await;
    let content = png("kept");
    let file = upload(&dealer, "a.png", &content).await;
    // Whoever writes as a kept answer is written is given his own words.
    let caption = format!("[\"{file}\"]");
    let input = json!({ "recordId": product.id, "fileId": file, "isPublic": false,
        "caption": caption, "idempotencyKey": "k" });
    let add = async || {
        let data = dealer.client.run(ADD, json!({ "input": input })).await;
        data["attachmentAdd"].clone()
    };
    let first = add().await;
    assert_eq!(first["userErrors"], json!([]), "{first:#}");
    let kept = answers(&dealer).await;
    assert!(kept.contains(&file) && !kept.contains("/files/"), "{kept}");

    clock.set(start + TimeDelta::minutes(6));
    let nobody = server.anonymous();
    let link = &first["attachment"]["file"]["at"];
    assert_eq!(download(&nobody, link).await.status(), 403);
    let mut again = add().await;
    let fresh = again["attachment"]["file"]["at"].take();
    let read = download(&nobody, &fresh).await;
    assert_eq!(read.status(), 200, "{fresh}");
    assert_eq!(read.bytes().await.unwrap(), content);
    // In all else it is what was answered then.
    let mut first = first.clone();
    first["attachment"]["file"]["at"] = Value::Null;
    assert_eq!(again, first);
}
