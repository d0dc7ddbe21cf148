//! Files beside operations: multipart forms as clients send them, and as they should not.

use reqwest::Method;
use serde_json::{Value, json};
use tubex::files::FileId;

use super::{download, path, png};
use crate::support::{Answer, Client, Server, owner};

const UPLOAD: &str = "mutation($file: Upload!) { fileUpload(input: { file: $file }) {
    file { id name contentType size sha256 url } userErrors { code path } } }";
pub const BOUNDARY: &str = "----a-boundary-of-the-tests";

/// A file of a form.
pub struct Part<'a> {
    name: &'a str,
    head: &'a str,
    content: &'a [u8],
}

pub fn part<'a>(name: &'a str, head: &'a str, content: &'a [u8]) -> Part<'a> {
    Part {
        name,
        head,
        content,
    }
}

const PICTURE: &str = "; filename=\"sand.png\"\r\nContent-Type: image/png";

pub fn form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"{}\r\n\r\n",
            part.name, part.head
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(part.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

pub fn operation(query: &str) -> String {
    json!({ "query": query, "variables": { "file": null } }).to_string()
}

const MAP: &str = r#"{ "0": ["variables.file"] }"#;

async fn send(client: &Client, body: Vec<u8>) -> Answer {
    let request = client
        .request(Method::POST, "/graphql")
        .header(
            "content-type",
            format!("multipart/form-data; boundary={BOUNDARY}"),
        )
        .header("apollo-require-preflight", "true")
        .body(body);
    Answer::of(request.send().await.unwrap()).await
}

/// Sends one file with [`UPLOAD`].
async fn upload(client: &Client, head: &str, content: &[u8]) -> Answer {
    let operation = operation(UPLOAD);
    let body = form(&[
        part("operations", "", operation.as_bytes()),
        part("map", "", MAP.as_bytes()),
        part("0", head, content),
    ]);
    send(client, body).await
}

/// Files of a dealer in a state.
async fn count(schema: &str, state: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {schema}.files WHERE state = '{state}'");
    owner().await.query_one(&sql, &[]).await.unwrap().get(0)
}

async fn usage(schema: &str) -> i64 {
    let sql = format!("SELECT coalesce(sum(bytes), 0)::bigint FROM {schema}.file_usage");
    owner().await.query_one(&sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_form_of_the_specification_is_kept_and_read_again() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let content = png("sand");
    let answer = upload(&dealer.client, PICTURE, &content).await;
    let payload = &answer.body["data"]["fileUpload"];
    assert_eq!(payload["userErrors"], json!([]), "{:#}", answer.body);
    let file = &payload["file"];
    assert_eq!(file["name"], "sand.png");
    assert_eq!(file["contentType"], "image/png");
    assert_eq!(file["size"], content.len());
    let hash = tubex::kernel::hex::encode(&tubex::auth::text::sha256(&content));
    assert_eq!(file["sha256"], hash);
    let read = download(&server.anonymous(), &file["url"]).await;
    assert_eq!(read.status(), 200);
    assert_eq!(read.bytes().await.unwrap(), content);
    assert_eq!(
        usage(&dealer.schema).await,
        i64::try_from(content.len()).unwrap()
    );
}

#[tokio::test]
async fn a_large_file_goes_through_in_pieces() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut content = png("large");
    content.resize(3 * 1024 * 1024 + 17, 7);
    let answer = upload(&dealer.client, PICTURE, &content).await;
    let file = &answer.body["data"]["fileUpload"]["file"];
    let read = download(&server.anonymous(), &file["url"]).await;
    assert_eq!(read.bytes().await.unwrap(), content);
}

#[tokio::test]
async fn what_is_not_what_it_says_is_refused_and_leaves_nothing() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let script = b"<html><script>alert(1)</script></html>";
    for (head, content) in [
        (PICTURE, &script[..]),
        (
            PICTURE,
            &b"%PDF-1.7 a document of considerable length, longer than what is looked at"[..],
        ),
        (
            "; filename=\"a.svg\"\r\nContent-Type: image/svg+xml",
            script,
        ),
        ("; filename=\"a\"", &png("no type and no ending")[..]),
        (
            "; filename=\"a.csv\"\r\nContent-Type: text/csv",
            b"sku\0name",
        ),
        (PICTURE, b""),
    ] {
        let answer = upload(&dealer.client, head, content).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{head}: {:#}", answer.body);
        assert_eq!(answer.status, 400);
    }
    assert_eq!(count(&dealer.schema, "KEPT").await, 0);
    assert_eq!(count(&dealer.schema, "ARRIVING").await, 0);
    assert_eq!(usage(&dealer.schema).await, 0);
}

#[tokio::test]
async fn forms_that_are_none_of_the_specification_are_refused() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let operation = operation(UPLOAD);
    let operation = operation.as_bytes();
    let content = png("form");
    let file = || part("0", PICTURE, &content);
    let map = part("map", "", MAP.as_bytes());
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("GRAPHQL_INVALID", form(&[map, file()])),
        (
            "GRAPHQL_INVALID",
            form(&[part("operations", "", operation), file()]),
        ),
        (
            "GRAPHQL_INVALID",
            form(&[part("operations", "", b"{"), part("map", "", b"{}")]),
        ),
        (
            "GRAPHQL_INVALID",
            form(&[part("operations", "", b"[]"), part("map", "", b"{}")]),
        ),
        (
            "GRAPHQL_INVALID",
            form(&[
                part("operations", "", operation),
                part("map", "", MAP.as_bytes()),
            ]),
        ),
        (
            "GRAPHQL_INVALID",
            form(&[
                part("operations", "", operation),
                part("map", "", b"{}"),
                file(),
            ]),
        ),
        (
            "GRAPHQL_INVALID",
            form(&[
                part("operations", "", operation),
                part("map", "", br#"{ "0": ["query"] }"#),
                file(),
            ]),
        ),
        (
            "LIMIT_EXCEEDED",
            form(&[
                part("operations", "", &[b' '; 300_000]),
                part("map", "", b"{}"),
            ]),
        ),
        ("BAD_USER_INPUT", b"no form at all".to_vec()),
    ];
    for (code, body) in cases {
        let text = String::from_utf8_lossy(&body)
            .chars()
            .take(300)
            .collect::<String>();
        let answer = send(&dealer.client, body).await;
        assert_eq!(answer.code(), code, "{text}\n{:#}", answer.body);
    }
    assert_eq!(count(&dealer.schema, "KEPT").await, 0);
    assert_eq!(count(&dealer.schema, "ARRIVING").await, 0);
}

#[tokio::test]
async fn a_form_that_is_cut_short_leaves_nothing() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let operation = operation(UPLOAD);
    let content = [png("cut"), vec![0; 100_000]].concat();
    let mut body = form(&[
        part("operations", "", operation.as_bytes()),
        part("map", "", MAP.as_bytes()),
        part("0", PICTURE, &content),
    ]);
    body.truncate(body.len() - 50_000);
    let answer = send(&dealer.client, body).await;
    assert_eq!(answer.code(), "BAD_USER_INPUT", "{:#}", answer.body);
    assert_eq!(count(&dealer.schema, "ARRIVING").await, 0);
    assert_eq!(count(&dealer.schema, "DELETED").await, 1);
    assert_eq!(usage(&dealer.schema).await, 0);
}

/// A page of another site can have a browser send a form with cookies; not with this
/// header.
#[tokio::test]
async fn a_form_needs_a_header_that_no_page_can_send() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let operation = operation(UPLOAD);
    let content = png("csrf");
    let body = form(&[
        part("operations", "", operation.as_bytes()),
        part("map", "", MAP.as_bytes()),
        part("0", PICTURE, &content),
    ]);
    let token = dealer.client.token().unwrap();
    let cookie = format!("__Host-tubex_access={token}");
    let request = |headers: &[(&str, &str)]| {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let nobody = server.anonymous().request(Method::POST, "/graphql");
        let request = nobody
            .header("content-type", kind)
            .header("cookie", &cookie);
        let headed = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        headed.body(body.clone())
    };
    let answer = Answer::of(request(&[]).send().await.unwrap()).await;
    assert_eq!(answer.code(), "GRAPHQL_INVALID", "{:#}", answer.body);
    let foreign = [
        ("apollo-require-preflight", "true"),
        ("origin", "https://evil.test"),
    ];
    let answer = Answer::of(request(&foreign).send().await.unwrap()).await;
    assert_eq!(answer.code(), "UNAUTHENTICATED", "{:#}", answer.body);
    let own = [("apollo-require-preflight", "true")];
    let answer = Answer::of(request(&own).send().await.unwrap()).await;
    assert_eq!(answer.body["data"]["fileUpload"]["userErrors"], json!([]));
}

#[tokio::test]
async fn who_may_not_upload_is_refused_before_a_byte_is_kept() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let viewer = tubex::auth::role::BuiltInRole::Viewer;
    let viewer = server.member(&dealer, &[viewer.into()]).await;
    let answer = upload(&viewer.client, PICTURE, &png("viewer")).await;
    assert_eq!(answer.code(), "FORBIDDEN");
    let answer = upload(&server.anonymous(), PICTURE, &png("nobody")).await;
    assert_eq!(answer.code(), "UNAUTHENTICATED");
    for state in ["AWAITED", "ARRIVING", "KEPT", "DELETED"] {
        assert_eq!(count(&dealer.schema, state).await, 0);
    }
}

/// A file that no resolver takes goes again, also where the mutation fails.
#[tokio::test]
async fn a_file_that_is_not_taken_goes() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let operation = operation("query($file: Upload) { viewer { dealer { id } } }");
    let content = png("idle");
    let body = form(&[
        part("operations", "", operation.as_bytes()),
        part("map", "", MAP.as_bytes()),
        part("0", PICTURE, &content),
    ]);
    send(&dealer.client, body).await;
    assert_eq!(count(&dealer.schema, "KEPT").await, 0);
    assert_eq!(count(&dealer.schema, "DELETED").await, 1);
    // An id that came with no form is no file.
    let input = json!({ "file": FileId::generate().to_string() });
    let data = dealer.client.run(UPLOAD, input).await;
    let errors = &data["fileUpload"]["userErrors"];
    assert_eq!(errors[0]["code"], "BAD_USER_INPUT");
    assert_eq!(data["fileUpload"]["file"], Value::Null);
}

#[tokio::test]
async fn a_file_stands_for_itself_and_once() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let query = "mutation($file: Upload!) {
        a: fileUpload(input: { file: $file }) { file { id url } userErrors { code } }
        b: fileUpload(input: { file: $file }) { file { id } userErrors { code } } }";
    let operation = operation(query);
    let content = png("twice");
    let body = form(&[
        part("operations", "", operation.as_bytes()),
        part("map", "", MAP.as_bytes()),
        part("0", PICTURE, &content),
    ]);
    let answer = send(&dealer.client, body).await;
    let data = &answer.body["data"];
    assert_eq!(data["a"]["userErrors"], json!([]), "{:#}", answer.body);
    assert_eq!(data["b"]["userErrors"][0]["code"], "BAD_USER_INPUT");
    assert!(path(&data["a"]["file"]["url"]).starts_with("/files/"));
}

#[tokio::test]
async fn an_empty_file_is_told_to_be_one() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    for head in [PICTURE, "; filename=\"a.csv\"\r\nContent-Type: text/csv"] {
        let answer = upload(&dealer.client, head, b"").await;
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{:#}", answer.body);
        let message = &answer.body["errors"][0]["message"];
        assert_eq!(message, "the file is empty");
    }
    assert_eq!(usage(&dealer.schema).await, 0);
}
