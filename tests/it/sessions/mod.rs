//! Sign-ins: tokens and their families, cookies, revocation, hostile tokens.

mod cookies;
mod family;
mod hostile;
mod keys;
mod nodes;
mod places;

use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, Server, TestDealer, peer};

const REFRESH: &str = "mutation($token: String) { tokenRefresh(input: { refreshToken: $token }) {
    accessToken expiresAt refreshToken refreshExpiresAt dealer { id } userErrors { code message } } }";
const UNITS: &str = "{ units { totalCount } }";

/// The payload of tokenRefresh.
async fn refresh(server: &Server, token: &Value) -> Value {
    let data = server
        .anonymous()
        .run(REFRESH, json!({ "token": token }))
        .await;
    data["tokenRefresh"].clone()
}

/// What the owner of `dealer` may do with an access token at `server`.
async fn try_access(server: &Server, token: &Value) -> Answer {
    let token = token.as_str().unwrap().to_owned();
    Client::new(&server.url, Some(token))
        .send(UNITS, json!({}))
        .await
}

fn code(payload: &Value) -> &str {
    payload["userErrors"][0]["code"]
        .as_str()
        .unwrap_or_default()
}

/// Kinds of what happened at a dealer, the latest first.
async fn events(dealer: &TestDealer) -> Vec<String> {
    let data = dealer.client.get("{ securityEvents { kind } }").await;
    let events = data["securityEvents"].as_array().unwrap();
    let kind = |event: &Value| event["kind"].as_str().unwrap().to_owned();
    events.iter().map(kind).collect()
}

/// A dealer owned by whoever owns `dealer` already.
async fn second_dealer(server: &Server, dealer: &TestDealer) -> String {
    use tubex::platform::dealers::service::{Registration, Word};
    use tubex::tenancy::provision::NewDealer;
    let registration = Registration {
        dealer: NewDealer {
            name: "Second".to_owned(),
            currency: "USD".to_owned(),
            timezone: "UTC".to_owned(),
        },
        owner_name: "Owner".to_owned(),
        owner_email: dealer.email.clone(),
        owner_password: PASSWORD.into(),
        word: Word::Own(peer()),
    };
    let registered = server
        .app
        .core
        .dealers
        .register(registration)
        .await
        .unwrap();
    registered.dealer.id.to_string()
}
