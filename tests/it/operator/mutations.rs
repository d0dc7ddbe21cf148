//! What operators do to dealers.

use serde_json::{Value, json};

use super::shared;
use crate::support::{PASSWORD, Server};

const CREATE: &str = "mutation($input: DealerCreateInput!) { dealerCreate(input: $input) {
    dealer { id name status owners { email name } } ownerPassword userErrors { code path } } }";

fn input(email: &str) -> Value {
    json!({
        "name": "By an operator", "currency": "EUR", "timezone": "Europe/Berlin",
        "ownerName": "Owner", "ownerEmail": email,
    })
}

fn address() -> String {
    format!("op-{}@test.example", uuid::Uuid::new_v4().simple())
}

/// Whether the owner can sign in with this password.
async fn signs_in(server: &Server, email: &str, password: &str) -> bool {
    let login = "mutation($input: LoginInput!) { login(input: $input) {
        accessToken dealers { id } } }";
    let input = json!({ "input": { "email": email, "password": password } });
    let data = server.anonymous().run(login, input).await;
    let login = &data["login"];
    !login["accessToken"].is_null() || login["dealers"] != json!([])
}

#[tokio::test]
async fn a_dealer_is_opened_with_a_password_that_is_shown_once() {
    let server = shared().await;
    let email = address();
    let data = server
        .operator()
        .run(CREATE, json!({ "input": input(&email) }))
        .await;
    let created = &data["dealerCreate"];
    assert_eq!(created["userErrors"], json!([]));
    assert_eq!(created["dealer"]["status"], "ACTIVE");
    assert_eq!(
        created["dealer"]["owners"],
        json!([{ "email": email, "name": "Owner" }])
    );
    let password = created["ownerPassword"].as_str().unwrap();
    assert!(signs_in(&server, &email, password).await);
    // Known by now: he keeps his password, and there is none to show.
    let data = server
        .operator()
        .run(CREATE, json!({ "input": input(&email) }))
        .await;
    assert_eq!(data["dealerCreate"]["ownerPassword"], Value::Null);
    assert_ne!(data["dealerCreate"]["dealer"], Value::Null);
    assert!(signs_in(&server, &email, password).await);
}

#[tokio::test]
async fn a_given_password_is_not_sent_back() {
    let server = shared().await;
    let email = address();
    let mut input = input(&email);
    input["ownerPassword"] = json!(PASSWORD);
    let data = server
        .operator()
        .run(CREATE, json!({ "input": input }))
        .await;
    assert_eq!(data["dealerCreate"]["ownerPassword"], Value::Null);
    assert!(signs_in(&server, &email, PASSWORD).await);
}

#[tokio::test]
async fn all_faults_are_told_at_once() {
    let server = shared().await;
    let wrong = json!({
        "name": " ", "currency": "euro", "timezone": "UTC", "ownerName": "x",
        "ownerEmail": "nobody", "ownerPassword": "short",
    });
    let data = server
        .operator()
        .run(CREATE, json!({ "input": wrong }))
        .await;
    let refused = &data["dealerCreate"];
    assert_eq!(refused["dealer"], Value::Null);
    let paths: Vec<&str> = refused["userErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["path"][1].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["name", "currency", "ownerEmail", "ownerPassword"]);
}
