//! Operators who see a shop as one of its users does.

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::UserId;

use super::{shared, with_operators};
use crate::support::{Client, Server, TestDealer, until};

const BEGIN: &str = "mutation($input: DealerImpersonateInput!) { dealerImpersonate(input: $input) {
    accessToken expiresAt impersonation { id userId operator reason isReadOnly isOpen endedAt }
    userErrors { code path } } }";

const END: &str = "mutation($id: ID!) { impersonationEnd(input: { id: $id }) {
    impersonation { isOpen endedAt } userErrors { code path } } }";

const UNITS: &str = "{ units { totalCount } }";

const ADD_UNIT: &str = "mutation {
    unitCreate(input: { code: \"drum\", name: \"Drum\", dimension: COUNT, scale: 0 }) {
        unit { id } userErrors { code } } }";

fn input(dealer: &TestDealer) -> Value {
    json!({ "dealerId": dealer.id.to_string(), "reason": "ticket 4711" })
}

async fn begin(server: &Server, input: Value) -> Value {
    let data = server
        .operator()
        .run(BEGIN, json!({ "input": input }))
        .await;
    data["dealerImpersonate"].clone()
}

/// A client with the token, and the id of the impersonation.
async fn impersonated(server: &Server, dealer: &TestDealer, read_only: bool) -> (Client, String) {
    let mut input = input(dealer);
    input["readOnly"] = json!(read_only);
    let begun = begin(server, input).await;
    assert_eq!(begun["userErrors"], json!([]));
    let token = begun["accessToken"].as_str().unwrap();
    let id = begun["impersonation"]["id"].as_str().unwrap();
    (server.anonymous().with_token(token), id.to_owned())
}

async fn code(client: &Client, document: &str) -> String {
    client.send(document, json!({})).await.code().to_owned()
}

#[tokio::test]
async fn an_operator_sees_the_shop_and_changes_nothing() {
    let server = shared().await;
    let dealer = server.dealer().await;
    let (alice, _id) = impersonated(&server, &dealer, true).await;
    let viewer = "{ viewer { dealer { id } user { id } } units { totalCount } }";
    let seen = alice.get(viewer).await;
    assert_eq!(seen, dealer.client.get(viewer).await);
    assert_eq!(code(&alice, ADD_UNIT).await, "FORBIDDEN");
    let (bob, _id) = impersonated(&server, &dealer, false).await;
    assert_eq!(code(&bob, ADD_UNIT).await, "none");
}

#[tokio::test]
async fn the_dealer_sees_who_looked_and_why() {
    let server = shared().await;
    let (dealer, other) = (server.dealer().await, server.dealer().await);
    let (_alice, id) = impersonated(&server, &dealer, true).await;
    let seen = "{ impersonations { id userId operator reason isReadOnly isOpen }
        securityEvents { kind userId detail address } }";
    let told = dealer.client.get(seen).await;
    let user = dealer.owner.to_string();
    assert_eq!(
        told["impersonations"],
        json!([{ "id": id, "userId": user, "operator": "alice", "reason": "ticket 4711",
            "isReadOnly": true, "isOpen": true }])
    );
    assert_eq!(
        told["securityEvents"],
        json!([{ "kind": "IMPERSONATED", "userId": user, "address": null,
            "detail": "alice, to read only: ticket 4711" }])
    );
    let nothing = json!({ "impersonations": [], "securityEvents": [] });
    assert_eq!(other.client.get(seen).await, nothing);
    let actions = "query($id: ID!) { dealer(id: $id) { actions { action actor reason detail } } }";
    let noted = json!({ "id": dealer.id.to_string() });
    let noted = server.operator().run(actions, noted).await;
    assert_eq!(
        noted["dealer"]["actions"],
        json!([{ "action": "IMPERSONATE", "actor": "operator:alice", "reason": "ticket 4711",
            "detail": format!("{id} as {user}, to read only") }])
    );
}

#[tokio::test]
async fn the_dealer_and_the_operator_can_end_it() {
    let server = shared().await;
    let (dealer, other) = (server.dealer().await, server.dealer().await);
    for by in [dealer.client.clone(), server.operator()] {
        let (alice, id) = impersonated(&server, &dealer, true).await;
        assert_eq!(code(&alice, UNITS).await, "none");
        let id = json!({ "id": id });
        let refused = other.client.run(END, id.clone()).await;
        let errors = &refused["impersonationEnd"]["userErrors"];
        assert_eq!(errors[0]["code"], "NOT_FOUND");
        let ended = by.run(END, id.clone()).await;
        let shown = &ended["impersonationEnd"]["impersonation"];
        assert_eq!(shown["isOpen"], false);
        // Ended again, it stays as it was.
        assert_eq!(by.run(END, id).await, ended);
        until("the token is refused", async || {
            code(&alice, UNITS).await == "UNAUTHENTICATED"
        })
        .await;
    }
    let kinds = dealer
        .client
        .get("{ securityEvents { kind detail } }")
        .await;
    let ended = |by: &str| json!({ "kind": "IMPERSONATION_ENDED", "detail": by });
    assert_eq!(kinds["securityEvents"][0], ended("operator:alice"));
    assert_eq!(kinds["securityEvents"][2], ended(&dealer.owner.to_string()));
    assert_eq!(kinds["securityEvents"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn what_is_a_users_own_stays_so() {
    let server = shared().await;
    let (dealer, other) = (server.dealer().await, server.dealer().await);
    let (alice, id) = impersonated(&server, &dealer, false).await;
    for document in [
        "{ sessions { id } }".to_owned(),
        "mutation { logout { ended } }".to_owned(),
        "mutation { sessionRevoke(input: { which: ALL }) { ended } }".to_owned(),
        format!(
            "mutation {{ dealerSwitch(input: {{ dealerId: \"{}\" }}) {{ accessToken }} }}",
            other.id
        ),
        format!(
            "mutation {{ impersonationEnd(input: {{ id: \"{id}\" }}) {{ impersonation {{ id }} }} }}"
        ),
    ] {
        assert_eq!(code(&alice, &document).await, "FORBIDDEN", "{document}");
    }
}

#[tokio::test]
async fn it_takes_a_reason_a_user_of_the_dealer_and_an_open_shop() {
    let server = shared().await;
    let (dealer, other) = (server.dealer().await, server.dealer().await);
    let with = |field: &str, value: String| {
        let mut changed = input(&dealer);
        changed[field] = json!(value);
        changed
    };
    for (input, code, field) in [
        (with("reason", " ".to_owned()), "BAD_USER_INPUT", "reason"),
        (with("reason", "x".repeat(501)), "BAD_USER_INPUT", "reason"),
        (
            with("userId", other.owner.to_string()),
            "NOT_FOUND",
            "userId",
        ),
        (
            with("userId", UserId::generate().to_string()),
            "NOT_FOUND",
            "userId",
        ),
        (
            with(
                "dealerId",
                tubex::kernel::ids::DealerId::generate().to_string(),
            ),
            "NOT_FOUND",
            "dealerId",
        ),
    ] {
        let refused = begin(&server, input).await;
        assert!(refused["accessToken"].is_null() && refused["impersonation"].is_null());
        let error = &refused["userErrors"][0];
        assert_eq!(error, &json!({ "code": code, "path": ["input", field] }));
    }
    let archive = "mutation($id: ID!) { dealerArchive(input: {
        dealerId: $id, expectedStatus: ACTIVE }) { userErrors { code } } }";
    let id = json!({ "id": dealer.id.to_string() });
    server.operator().run(archive, id).await;
    let refused = begin(&server, input(&dealer)).await;
    assert_eq!(refused["userErrors"][0]["code"], "DEALER_NOT_ACTIVE");
}

#[tokio::test]
async fn it_is_over_after_a_quarter_of_an_hour() {
    let noon = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let server = Server::start_at(Clock::fixed(noon), with_operators).await;
    let dealer = server.dealer().await;
    let (alice, _id) = impersonated(&server, &dealer, true).await;
    server.clock.set(noon + TimeDelta::seconds(904));
    assert_eq!(code(&alice, UNITS).await, "none");
    server.clock.set(noon + TimeDelta::seconds(905));
    assert_eq!(code(&alice, UNITS).await, "UNAUTHENTICATED");
    let open = "{ impersonations { isOpen } }";
    let open = server.client_of(&dealer).get(open).await;
    assert_eq!(open["impersonations"], json!([{ "isOpen": false }]));
}
