//! Files: in by forms and links, out by links, at records, and away again.

mod attachments;
mod forms;
mod killed;
mod life;
mod limits;
mod links;
mod once;
mod portal;
mod s3;

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestDealer};

const BEGIN: &str = "mutation($input: FileUploadBeginInput!) { fileUploadBegin(input: $input) {
    upload { fileId url expiresAt } userErrors { code path message } } }";
const ADD: &str = "mutation($input: AttachmentAddInput!) { attachmentAdd(input: $input) {
    attachment { id isPublic caption file { id name contentType size sha256 url } }
    userErrors { code path message } } }";
const REMOVE: &str = "mutation($input: AttachmentRemoveInput!) { attachmentRemove(input: $input) {
    attachment { id } userErrors { code path } } }";

/// The bytes of a picture that nobody else has.
pub fn png(tag: &str) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", tag.as_bytes()].concat()
}

/// The path in a link, whatever the server's address is said to be.
pub fn path(url: &Value) -> String {
    let url = url.as_str().unwrap();
    let (_, rest) = url.split_once("://").unwrap();
    rest[rest.find('/').unwrap()..].to_owned()
}

/// Announces a file; gives the payload.
pub async fn begin(client: &Client, name: &str, size: usize) -> Value {
    let input = json!({ "input": { "name": name, "size": size } });
    client.run(BEGIN, input).await["fileUploadBegin"].clone()
}

/// A request that brings a content to a link.
pub fn bring(client: &Client, url: &Value, content: &[u8]) -> RequestBuilder {
    client
        .request(Method::PUT, &path(url))
        .body(content.to_vec())
}

/// Uploads a file by a link; gives its id.
pub async fn upload(dealer: &TestDealer, name: &str, content: &[u8]) -> String {
    let begun = begin(&dealer.client, name, content.len()).await;
    assert_eq!(begun["userErrors"], json!([]));
    let put = bring(&dealer.client, &begun["upload"]["url"], content);
    let answer = Answer::of(put.send().await.unwrap()).await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    answer.body["id"].as_str().unwrap().to_owned()
}

/// Attaches a file; gives the payload.
pub async fn attach(client: &Client, record: &Value, file: &str, is_public: bool) -> Value {
    let input = json!({ "recordId": record, "fileId": file, "isPublic": is_public,
        "caption": format!("Caption of {file}") });
    client.run(ADD, json!({ "input": input })).await["attachmentAdd"].clone()
}

/// Takes a file off; gives the codes of its refusals.
pub async fn detach(client: &Client, attachment: &Value) -> Vec<String> {
    let data = client
        .run(REMOVE, json!({ "input": { "id": attachment } }))
        .await;
    let errors = data["attachmentRemove"]["userErrors"].as_array().unwrap();
    let code = |error: &Value| error["code"].as_str().unwrap().to_owned();
    errors.iter().map(code).collect()
}

/// What a link gives.
pub async fn download(client: &Client, url: &Value) -> Response {
    let request = client.request(Method::GET, &path(url));
    request.send().await.unwrap()
}

/// Pictures at each of the first products of a shop.
pub async fn attach_some(dealer: &TestDealer) {
    let products = "{ products(first: 3, orderBy: [{ field: SKU }]) { nodes { id } } }";
    let data = dealer.client.get(products).await;
    for product in data["products"]["nodes"].as_array().unwrap() {
        let content = png(&format!("{}{product}", dealer.id));
        let file = upload(dealer, &format!("{}.png", dealer.schema), &content).await;
        let added = attach(&dealer.client, &product["id"], &file, false).await;
        assert_eq!(added["userErrors"], json!([]));
    }
}
