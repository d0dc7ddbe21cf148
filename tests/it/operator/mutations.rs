//! What operators do to dealers.

use serde_json::{Value, json};

use super::shared;
use crate::support::{Client, PASSWORD, Server, TestDealer, until};

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

/// Sends a mutation on a dealer; gives its payload.
async fn order(alice: &Client, name: &str, input: Value) -> Value {
    let kind = match name {
        "dealerDrop" => "DealerDropInput",
        "dealerRename" => "DealerRenameInput",
        _ => "DealerStepInput",
    };
    let document = format!(
        "mutation($input: {kind}!) {{ {name}(input: $input) {{
            dealer {{ name status statusReason deleteAfter possibleActions
                actions(first: 2) {{ action actor reason detail }} }}
            userErrors {{ code path message }} }} }}"
    );
    let data = alice.run(&document, json!({ "input": input })).await;
    data[name].clone()
}

fn step(dealer: &TestDealer, expected: &str) -> Value {
    json!({ "dealerId": dealer.id.to_string(), "expectedStatus": expected, "reason": "invoice 17" })
}

/// The code and the path of the one refusal.
fn refusal(payload: &Value) -> (&str, Value) {
    assert_eq!(payload["dealer"], Value::Null);
    assert_eq!(
        payload["userErrors"].as_array().unwrap().len(),
        1,
        "{payload:#}"
    );
    let error = &payload["userErrors"][0];
    (error["code"].as_str().unwrap(), error["path"].clone())
}

#[tokio::test]
async fn a_dealer_is_suspended_and_opened_again() {
    let server = shared().await;
    let (alice, dealer) = (server.operator(), server.dealer().await);
    let unit =
        "mutation { unitCreate(input: { code: \"x\", name: \"x\", dimension: MASS, scale: 0 }) {
        unit { id } } }";
    let suspended = order(&alice, "dealerSuspend", step(&dealer, "ACTIVE")).await;
    assert_eq!(suspended["userErrors"], json!([]));
    let shown = &suspended["dealer"];
    assert_eq!(
        (&shown["status"], &shown["statusReason"]),
        (&json!("SUSPENDED"), &json!("invoice 17"))
    );
    assert_eq!(
        shown["possibleActions"],
        json!(["RESUME", "ARCHIVE", "RENAME", "SET_PLAN"])
    );
    let by_alice = json!([{
        "action": "SUSPEND", "actor": "operator:alice", "reason": "invoice 17", "detail": null,
    }]);
    assert_eq!(shown["actions"], by_alice);
    until("the dealer hears of it", async || {
        dealer.client.send(unit, json!({})).await.code() == "DEALER_SUSPENDED"
    })
    .await;
    let resumed = order(&alice, "dealerResume", step(&dealer, "SUSPENDED")).await;
    assert_eq!(resumed["dealer"]["status"], "ACTIVE");
    // What was loaded before a change is not shown after it.
    assert_eq!(resumed["dealer"]["actions"].as_array().unwrap().len(), 2);
    until("he hears of that, too", async || {
        dealer.client.send(unit, json!({})).await.code() == "none"
    })
    .await;
}

#[tokio::test]
async fn a_repeated_order_is_refused_and_noted_once() {
    let server = shared().await;
    let (alice, dealer) = (server.operator(), server.dealer().await);
    let id = json!(dealer.id.to_string());
    order(&alice, "dealerArchive", step(&dealer, "ACTIVE")).await;
    let drop = json!({
        "dealerId": id, "expectedStatus": "ARCHIVED", "confirm": alice_knows(&alice, &dealer).await,
    });
    let dropped = order(&alice, "dealerDrop", drop.clone()).await;
    assert_eq!(dropped["dealer"]["status"], "DELETING");
    assert_ne!(dropped["dealer"]["deleteAfter"], Value::Null);
    // Sent twice, a resume would otherwise open the shop.
    let resumed = order(&alice, "dealerResume", step(&dealer, "DELETING")).await;
    assert_eq!(resumed["dealer"]["status"], "ARCHIVED");
    let again = order(&alice, "dealerResume", step(&dealer, "DELETING")).await;
    assert_eq!(
        refusal(&again),
        ("CONFLICT", json!(["input", "expectedStatus"]))
    );
    let actions = "query($id: ID!) { dealer(id: $id) { status actions { action } } }";
    let data = alice.run(actions, json!({ "id": id })).await;
    assert_eq!(data["dealer"]["status"], "ARCHIVED");
    let noted: Vec<&str> = data["dealer"]["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(noted, ["RESUME", "DROP", "ARCHIVE"]);
}

async fn alice_knows(alice: &Client, dealer: &TestDealer) -> Value {
    let name = "query($id: ID!) { dealer(id: $id) { name } }";
    let data = alice
        .run(name, json!({ "id": dealer.id.to_string() }))
        .await;
    data["dealer"]["name"].clone()
}

#[tokio::test]
async fn of_two_operators_at_once_one_is_refused() {
    let server = shared().await;
    let (alice, dealer) = (server.operator(), server.dealer().await);
    let (first, second) = tokio::join!(
        order(&alice, "dealerSuspend", step(&dealer, "ACTIVE")),
        order(&alice, "dealerArchive", step(&dealer, "ACTIVE")),
    );
    let refused = [&first, &second].map(|payload| payload["dealer"].is_null());
    assert_ne!(refused[0], refused[1], "{first:#} {second:#}");
    let loser = if refused[0] { &first } else { &second };
    assert_eq!(refusal(loser).0, "CONFLICT");
}

#[tokio::test]
async fn what_is_not_possible_is_refused_with_what_is() {
    let server = shared().await;
    let (alice, dealer) = (server.operator(), server.dealer().await);
    let resumed = order(&alice, "dealerResume", step(&dealer, "ACTIVE")).await;
    assert_eq!(refusal(&resumed), ("NOT_ALLOWED", Value::Null));
    let message = resumed["userErrors"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("SUSPEND, ARCHIVE, RENAME, SET_PLAN"),
        "{message}"
    );
    let id = dealer.id.to_string();
    order(&alice, "dealerArchive", step(&dealer, "ACTIVE")).await;
    let drop = |confirm: &str, days: u32| {
        json!({ "dealerId": id, "expectedStatus": "ARCHIVED", "confirm": confirm,
            "graceDays": days })
    };
    for (input, field) in [
        (drop("somebody", 1), "confirm"),
        (drop("x", 3651), "graceDays"),
    ] {
        let payload = order(&alice, "dealerDrop", input).await;
        assert_eq!(
            refusal(&payload),
            ("BAD_USER_INPUT", json!(["input", field]))
        );
    }
    let nobody = tubex::kernel::ids::DealerId::generate().to_string();
    let input = json!({ "dealerId": nobody, "expectedStatus": "ACTIVE" });
    let payload = order(&alice, "dealerSuspend", input).await;
    assert_eq!(
        refusal(&payload),
        ("NOT_FOUND", json!(["input", "dealerId"]))
    );
}

#[tokio::test]
async fn a_dealer_gets_another_name() {
    let server = shared().await;
    let (alice, dealer) = (server.operator(), server.dealer().await);
    let input = |name: &str| json!({ "dealerId": dealer.id.to_string(), "name": name });
    let renamed = order(&alice, "dealerRename", input(" Stein & Söhne ")).await;
    assert_eq!(renamed["dealer"]["name"], "Stein & Söhne");
    assert_eq!(renamed["dealer"]["actions"][0]["action"], "RENAME");
    let empty = order(&alice, "dealerRename", input(" ")).await;
    assert_eq!(
        refusal(&empty),
        ("BAD_USER_INPUT", json!(["input", "name"]))
    );
}

#[tokio::test]
async fn the_actions_of_many_dealers_are_one_statement() {
    let server = shared().await;
    let alice = server.operator();
    let (one, other) = (server.dealer().await, server.dealer().await);
    order(&alice, "dealerSuspend", step(&one, "ACTIVE")).await;
    let query = "query($a: ID!, $b: ID!) {
        a: dealer(id: $a) { actions { action } owners { id } }
        b: dealer(id: $b) { actions { action } owners { id } } }";
    let keys = json!({ "a": one.id.to_string(), "b": other.id.to_string() });
    let answer = alice.send(query, keys).await;
    assert_eq!(answer.statements(), 3);
    assert_eq!(
        answer.body["data"]["a"]["actions"],
        json!([{ "action": "SUSPEND" }])
    );
    assert_eq!(answer.body["data"]["b"]["actions"], json!([]));
}
