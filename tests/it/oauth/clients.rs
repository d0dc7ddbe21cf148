//! Registering applications, and taking grants back.

use serde_json::{Value, json};
use tubex::auth::role::RoleCode;

use super::{Desk, REDIRECT, REGISTER, SCOPE, fresh};
use crate::support::{Client, Server};

fn input(change: &Value) -> Value {
    let mut input = json!({ "name": "Ledger", "redirectUris": [REDIRECT], "scopes": ["openid"] });
    for (name, value) in change.as_object().unwrap() {
        input[name] = value.clone();
    }
    json!({ "input": input })
}

async fn refused(client: &Client, change: Value) -> Value {
    let data = client.run(REGISTER, input(&change)).await;
    let payload = data["oauthClientRegister"].clone();
    assert_eq!(payload["client"], Value::Null);
    payload["userErrors"][0].clone()
}

#[tokio::test]
async fn what_is_wrong_names_the_field() {
    let desk = Desk::new().await;
    let owner = desk.owner().await;
    let many: Vec<String> = (0..11).map(|n| format!("https://{n}.test/")).collect();
    for (change, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "homepage": "http://app.example.com/" }), "homepage"),
        (json!({ "homepage": "javascript:alert(1)" }), "homepage"),
        (json!({ "redirectUris": [] }), "redirectUris"),
        (json!({ "redirectUris": many }), "redirectUris"),
        (
            json!({ "redirectUris": ["http://app.example.com/"] }),
            "redirectUris",
        ),
        (
            json!({ "redirectUris": ["https://app.example.com"] }),
            "redirectUris",
        ),
        (
            json!({ "redirectUris": ["https://*.example.com/"] }),
            "redirectUris",
        ),
        (json!({ "scopes": [] }), "scopes"),
        (json!({ "scopes": ["everything"] }), "scopes"),
        (json!({ "scopes": ["members:manage"] }), "scopes"),
    ] {
        let error = refused(&owner, change.clone()).await;
        assert_eq!(error["code"], "BAD_USER_INPUT", "{change}");
        assert_eq!(error["path"], json!(["input", field]), "{change}");
    }
}

/// Whoever could register one with a token that lies about could ask for consent in
/// the dealer's name.
#[tokio::test]
async fn registering_wants_a_fresh_proof_and_a_person() {
    let desk = Desk::new().await;
    let owner = desk.owner().await;
    let tokens = desk.tokens(&[]).await;
    desk.wait(chrono::TimeDelta::minutes(11));
    assert_eq!(refused(&owner, json!({})).await["code"], "STEP_UP_REQUIRED");
    let rotate = "mutation($id: ID!) { oauthClientSecretRotate(input: { id: $id }) {
        secret userErrors { code } } }";
    let data = owner.run(rotate, json!({ "id": desk.app.id })).await;
    let payload = &data["oauthClientSecretRotate"];
    assert_eq!(payload["userErrors"][0]["code"], "STEP_UP_REQUIRED");
    let app = Client::new(&desk.server.url, Some(tokens.text("access_token")));
    let answer = app.send(REGISTER, input(&json!({}))).await;
    assert_eq!(answer.code(), "FORBIDDEN");
    let answer = app.send("{ oauthGrants { id } }", json!({})).await;
    assert_eq!(answer.code(), "FORBIDDEN");
}

#[tokio::test]
async fn secrets_are_kept_nowhere() {
    let desk = Desk::new().await;
    let secret = desk.app.secret.clone().unwrap();
    assert!(secret.starts_with("tbs_"));
    let dump = "SELECT row_to_json(c)::text FROM platform.oauth_clients c WHERE dealer_id = $1::text::uuid";
    let conn = crate::support::owner().await;
    let rows = conn
        .query(dump, &[&desk.dealer.id.uuid().to_string()])
        .await
        .unwrap();
    let text: String = rows[0].get(0);
    assert!(text.contains("Ledger") && !text.contains(&secret[4..]));
}

#[tokio::test]
async fn a_dealer_has_fifty_at_most() {
    let desk = Desk::new().await;
    let fill = "INSERT INTO platform.oauth_clients (id, dealer_id, name, redirect_uris, scope, version, created_at)
        SELECT gen_random_uuid(), $1::text::uuid, 'x', '{https://x.test/}', 'openid', 1, now() FROM generate_series(1, 49)";
    let conn = crate::support::owner().await;
    conn.execute(fill, &[&desk.dealer.id.uuid().to_string()])
        .await
        .unwrap();
    let error = refused(&desk.owner().await, json!({})).await;
    assert_eq!(error["code"], "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn a_change_by_two_is_seen() {
    let desk = Desk::new().await;
    let owner = desk.owner().await;
    let update = "mutation($input: OauthClientUpdateInput!) { oauthClientUpdate(input: $input) {
        client { name homepage version redirectUris } userErrors { code path } } }";
    let change =
        json!({ "id": desk.app.id, "expectedVersion": 1, "name": "Books", "homepage": null });
    let data = owner.run(update, json!({ "input": change })).await;
    let client = &data["oauthClientUpdate"]["client"];
    assert_eq!(client["name"], "Books");
    assert_eq!(client["homepage"], Value::Null);
    assert_eq!(client["redirectUris"][0], REDIRECT);
    let data = owner.run(update, json!({ "input": change })).await;
    let error = &data["oauthClientUpdate"]["userErrors"][0];
    assert_eq!(error["code"], "CONFLICT");
    // A form that was shown before the address was taken away leads there no more.
    let mut browser = desk.browser();
    let page = browser.get(&desk.address(&[])).await;
    let change =
        json!({ "id": desk.app.id, "expectedVersion": 2, "redirectUris": ["https://b.test/"] });
    owner.run(update, json!({ "input": change })).await;
    let page = desk.sign_in(&mut browser, &page).await;
    assert_eq!((page.status, page.location()), (400, None));
}

#[tokio::test]
async fn users_see_what_they_granted_and_take_it_back() {
    let desk = Desk::new().await;
    let tokens = desk.tokens(&[]).await;
    let owner = desk.owner().await;
    let list = "{ oauthGrants { id clientId clientName scopes dealer { id } } }";
    let grants = owner.get(list).await["oauthGrants"].clone();
    assert_eq!(grants[0]["clientId"], desk.app.id);
    assert_eq!(grants[0]["clientName"], "Ledger");
    assert_eq!(grants[0]["dealer"]["id"], desk.dealer.id.to_string());
    assert_eq!(
        grants[0]["scopes"].as_array().unwrap().len(),
        SCOPE.split(' ').count()
    );
    let revoke = "mutation($id: ID!) { oauthGrantRevoke(input: { id: $id }) {
        revokedId userErrors { code } } }";
    let other = desk.server.dealer().await;
    let id = json!({ "id": grants[0]["id"] });
    let data = fresh(&desk.server, &other)
        .await
        .run(revoke, id.clone())
        .await;
    assert_eq!(
        data["oauthGrantRevoke"]["userErrors"][0]["code"],
        "NOT_FOUND"
    );
    let data = owner.run(revoke, id).await;
    assert_eq!(data["oauthGrantRevoke"]["revokedId"], grants[0]["id"]);
    assert_eq!(owner.get(list).await["oauthGrants"], json!([]));
    crate::support::until("the token is refused", async || {
        desk.try_access(&tokens.text("access_token")).await == "UNAUTHENTICATED"
    })
    .await;
    let told = desk.refresh(&tokens.text("refresh_token"), &[]).await;
    assert_eq!(told.error(), "invalid_grant");
    assert_eq!(desk.happened("OAUTH_GRANT_REVOKED").await, 1);
    // He is asked again.
    let mut browser = desk.browser();
    let page = browser.get(&desk.address(&[])).await;
    assert!(desk.sign_in(&mut browser, &page).await.asks_for("decision"));
}

#[tokio::test]
async fn an_application_that_is_removed_takes_its_tokens_along() {
    let desk = Desk::new().await;
    let tokens = desk.tokens(&[]).await;
    let remove = "mutation($id: ID!) { oauthClientRemove(input: { id: $id }) {
        removedId userErrors { code } } }";
    let id = json!({ "id": desk.app.id });
    let other = desk.server.dealer().await;
    let data = fresh(&desk.server, &other)
        .await
        .run(remove, id.clone())
        .await;
    assert_eq!(
        data["oauthClientRemove"]["userErrors"][0]["code"],
        "NOT_FOUND"
    );
    let data = desk.owner().await.run(remove, id).await;
    assert_eq!(data["oauthClientRemove"]["removedId"], desk.app.id);
    crate::support::until("the token is refused", async || {
        desk.try_access(&tokens.text("access_token")).await == "UNAUTHENTICATED"
    })
    .await;
    let told = desk.refresh(&tokens.text("refresh_token"), &[]).await;
    assert_eq!(told.error(), "invalid_client");
    assert_eq!(desk.happened("OAUTH_CLIENT_REMOVED").await, 1);
}

/// Who works for the dealer no more has granted nothing there.
#[tokio::test]
async fn a_grant_ends_with_the_membership() {
    let desk = Desk::new().await;
    let tokens = desk.tokens(&[]).await;
    // A dealer keeps an owner.
    desk.server.member(&desk.dealer, &[RoleCode::OWNER]).await;
    let leave = "DELETE FROM platform.memberships WHERE user_id = $1::text::uuid";
    let conn = crate::support::owner().await;
    conn.execute(leave, &[&desk.dealer.owner.uuid().to_string()])
        .await
        .unwrap();
    crate::support::until("the token is refused", async || {
        desk.try_access(&tokens.text("access_token")).await == "UNAUTHENTICATED"
    })
    .await;
    let told = desk.refresh(&tokens.text("refresh_token"), &[]).await;
    assert_eq!(told.error(), "invalid_grant");
    let count = "SELECT count(*) FROM platform.oauth_grants WHERE user_id = $1::text::uuid";
    let row = conn
        .query_one(count, &[&desk.dealer.owner.uuid().to_string()])
        .await;
    assert_eq!(row.unwrap().get::<_, i64>(0), 0);
}

/// Operators register those that the people of all dealers may let in.
#[tokio::test]
async fn operators_manage_the_platforms_own() {
    let server = Server::start_with(|settings| {
        settings.operator_listen = Some("127.0.0.1:0".parse().unwrap());
    })
    .await;
    let operator = server.operator();
    let data = operator
        .run(REGISTER, input(&json!({ "name": "Shared" })))
        .await;
    let client = data["oauthClientRegister"]["client"].clone();
    let listed = operator.get("{ oauthClients { id name } }").await;
    let is_listed = |list: &Value| {
        let ids = list["oauthClients"].as_array().unwrap();
        ids.iter().any(|one| one["id"] == client["id"])
    };
    assert!(is_listed(&listed));
    // No dealer has it among his, nor changes it.
    let dealer = server.dealer().await;
    let owner = fresh(&server, &dealer).await;
    assert!(!is_listed(&owner.get("{ oauthClients { id } }").await));
    let remove = "mutation($id: ID!) { oauthClientRemove(input: { id: $id }) {
        removedId userErrors { code } } }";
    let id = json!({ "id": client["id"] });
    let data = owner.run(remove, id.clone()).await;
    assert_eq!(
        data["oauthClientRemove"]["userErrors"][0]["code"],
        "NOT_FOUND"
    );
    let data = operator.run(remove, id).await;
    assert_eq!(data["oauthClientRemove"]["removedId"], client["id"]);
}
