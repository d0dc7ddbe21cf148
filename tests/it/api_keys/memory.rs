//! What is asked of the database for a key, and when.

use serde_json::{Value, json};
use tubex::auth::api_key::FreshKey;
use tubex::auth::role::RoleCode;

use super::{LIST, UNITS, assert_refused, code, key, shop};
use crate::support::{Server, owner, until, vault};

#[tokio::test]
async fn a_key_that_is_known_costs_no_statement() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let key = key(&dealer).await;
    let admission = &server.app.callers.admission;
    let by_token = dealer.client.send(UNITS, json!({})).await.statements();
    key.client.get(UNITS).await;
    let (keys, dealers) = (admission.lookups(), server.app.directory.reads());
    for _ in 0..20 {
        let answer = key.client.send(UNITS, json!({})).await;
        assert_eq!(answer.statements(), by_token);
    }
    assert_eq!(admission.lookups(), keys);
    assert_eq!(server.app.directory.reads(), dealers);
}

#[tokio::test]
async fn a_key_that_does_not_exist_is_looked_up_once() {
    let server = Server::start().await;
    let stranger = FreshKey::generate(&vault()).unwrap();
    let client = server.anonymous().with_token(stranger.expose());
    for _ in 0..5 {
        assert_eq!(code(&client).await, "UNAUTHENTICATED");
    }
    assert_eq!(server.app.callers.admission.lookups(), 1);
    // What is no key by its shape is not looked up at all.
    let client = server.anonymous().with_token(&stranger.expose()[..58]);
    assert_eq!(code(&client).await, "UNAUTHENTICATED");
    assert_eq!(server.app.callers.admission.lookups(), 1);
}

#[tokio::test]
async fn it_is_noted_when_a_key_was_last_used() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let key = key(&dealer).await;
    let last = async || dealer.client.get(LIST).await["apiKeys"][0]["lastUsedAt"].clone();
    assert_eq!(last().await, Value::Null);
    key.client.get(UNITS).await;
    until("the use is noted", async || last().await != Value::Null).await;
    let first = last().await;
    for _ in 0..5 {
        key.client.get(UNITS).await;
    }
    // Longer than the notes of some keys are gathered.
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    assert_eq!(last().await, first);
}

#[tokio::test]
async fn a_key_goes_on_when_its_makers_password_changes() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let key = key(&dealer).await;
    key.client.get(UNITS).await;
    let before = server.app.callers.admission.lookups();
    let raise = "UPDATE platform.users SET epoch = epoch + 1 WHERE id = $1::text::uuid";
    let conn = owner().await;
    conn.execute(raise, &[&dealer.owner.uuid().to_string()])
        .await
        .unwrap();
    until("the token is refused", async || {
        code(&dealer.client).await == "UNAUTHENTICATED"
    })
    .await;
    assert_eq!(code(&key.client).await, "none");
    assert_eq!(server.app.callers.admission.lookups(), before + 1);
}

#[tokio::test]
async fn a_key_is_refused_when_its_maker_has_left() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let key = key(&dealer).await;
    key.client.get(UNITS).await;
    server.member(&dealer, &[RoleCode::OWNER]).await;
    let leave = "DELETE FROM platform.memberships WHERE user_id = $1::text::uuid";
    let conn = owner().await;
    conn.execute(leave, &[&dealer.owner.uuid().to_string()])
        .await
        .unwrap();
    until("the key is refused", async || {
        code(&key.client).await != "none"
    })
    .await;
    assert_refused(&key.client.send(UNITS, json!({})).await, "does not work");
}
