//! API keys: who is let in by one, for how long, and who manages them.

mod admission;
mod managing;
mod memory;
mod nodes;
mod scopes;

use serde_json::{Value, json};

use crate::support::{Answer, Client, Server, TestDealer};

const CREATE: &str = "mutation($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) {
    secret apiKey { id name beginsWith scopes addresses expiresAt createdById isGood }
    userErrors { code path message } } }";

const ROTATE: &str = "mutation($input: ApiKeyRotateInput!) { apiKeyRotate(input: $input) {
    secret apiKey { id name scopes addresses expiresAt } userErrors { code path message } } }";

const REVOKE: &str = "mutation($input: ApiKeyRevokeInput!) { apiKeyRevoke(input: $input) {
    apiKey { id isGood revokedAt } userErrors { code path message } } }";

const LIST: &str = "{ apiKeys { id name isGood expiresAt lastUsedAt revokedAt replacedById } }";

/// What a key that reads the catalogue may read.
const UNITS: &str = "{ units { totalCount } }";

const ADD_UNIT: &str = "mutation {
    unitCreate(input: { code: \"drum\", name: \"Drum\", dimension: COUNT, scale: 0 }) {
        unit { id } userErrors { code } } }";

/// A key, and a client that calls by it.
struct Key {
    id: String,
    secret: String,
    client: Client,
}

fn input() -> Value {
    json!({ "name": "Till", "scopes": ["products:read", "units:manage"] })
}

/// A dealer whose owner has just signed in, as those have to who make keys.
async fn shop(server: &Server) -> TestDealer {
    let dealer = server.dealer().await;
    let login = server.login(&dealer).await;
    let client = dealer
        .client
        .with_token(login["accessToken"].as_str().unwrap());
    TestDealer { client, ..dealer }
}

async fn create(client: &Client, input: Value) -> Value {
    let data = client.run(CREATE, json!({ "input": input })).await;
    data["apiKeyCreate"].clone()
}

async fn rotate(client: &Client, input: Value) -> Value {
    let data = client.run(ROTATE, json!({ "input": input })).await;
    data["apiKeyRotate"].clone()
}

async fn revoke(client: &Client, id: &str) -> Value {
    let input = json!({ "input": { "id": id } });
    let data = client.run(REVOKE, input).await;
    data["apiKeyRevoke"].clone()
}

/// A key of the dealer's, with what `change` makes of the usual wish.
async fn key_with(dealer: &TestDealer, change: impl FnOnce(&mut Value)) -> Key {
    let mut wish = input();
    change(&mut wish);
    let made = create(&dealer.client, wish).await;
    assert_eq!(made["userErrors"], json!([]));
    Key::of(&made, &dealer.client)
}

async fn key(dealer: &TestDealer) -> Key {
    key_with(dealer, |_wish| {}).await
}

impl Key {
    /// The key that a mutation has shown.
    fn of(made: &Value, client: &Client) -> Self {
        let secret = made["secret"].as_str().unwrap().to_owned();
        Self {
            id: made["apiKey"]["id"].as_str().unwrap().to_owned(),
            client: client.with_token(&secret),
            secret,
        }
    }

    /// The same key at another server.
    fn at(&self, server: &Server) -> Client {
        server.anonymous().with_token(&self.secret)
    }
}

/// What the key answers: none, or the code of its refusal.
async fn code(client: &Client) -> String {
    client.send(UNITS, json!({})).await.code().to_owned()
}

fn assert_refused(answer: &Answer, hint: &str) {
    assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"));
    assert!(answer.body["data"].is_null());
    let message = answer.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains(hint), "{message}");
}
