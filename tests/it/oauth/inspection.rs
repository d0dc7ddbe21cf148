//! Asking about tokens, and giving them back.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Desk, register};

#[tokio::test]
async fn an_application_learns_about_its_own_tokens() {
    let desk = Desk::new().await;
    let told = desk.tokens(&[]).await;
    let access = desk.introspect(&told.text("access_token")).await;
    assert_eq!(access.status, 200);
    for (name, value) in [
        ("active", json!(true)),
        ("client_id", json!(desk.app.id)),
        ("scope", json!(super::SCOPE)),
        ("sub", json!(desk.dealer.owner.to_string())),
        ("dealer_id", json!(desk.dealer.id.to_string())),
        ("token_type", json!("Bearer")),
        ("exp", json!(desk.server.clock.now().timestamp() + 900)),
    ] {
        assert_eq!(access.body[name], value, "{name}");
    }
    let refresh = desk.introspect(&told.text("refresh_token")).await;
    assert_eq!(refresh.body["active"], true);
    assert_eq!(refresh.body["token_type"], "refresh_token");
}

#[tokio::test]
async fn of_what_is_not_good_it_learns_nothing() {
    let mut desk = Desk::new().await;
    let told = desk.tokens(&[]).await;
    let (access, first) = (told.text("access_token"), told.text("refresh_token"));
    let next = desk.refresh(&first, &[]).await;
    let own = desk.server.login(&desk.dealer).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let none = json!({ "active": false });
    for token in [
        first,
        told.text("id_token"),
        text(&own["accessToken"]),
        text(&own["refreshToken"]),
        "nonsense".to_owned(),
    ] {
        assert_eq!(desk.introspect(&token).await.body, none, "{token}");
    }
    let mine = desk.app.clone();
    desk.app = register(&desk.server, &desk.dealer, json!({ "name": "Other" })).await;
    for foreign in [&access, &next.text("refresh_token")] {
        assert_eq!(desk.introspect(foreign).await.body, none);
    }
    desk.app = mine;
    desk.wait(TimeDelta::minutes(16));
    assert_eq!(desk.introspect(&access).await.body, none);
}

#[tokio::test]
async fn who_asks_has_to_say_who_he_is() {
    let mut desk = Desk::new().await;
    let token = desk.tokens(&[]).await.text("access_token");
    desk.app.secret = None;
    let told = desk.introspect(&token).await;
    assert_eq!((told.status, told.error()), (401, "invalid_client"));
    desk.app = register(&desk.server, &desk.dealer, json!({ "isPublic": true })).await;
    let told = desk.introspect(&token).await;
    assert_eq!((told.status, told.error()), (401, "invalid_client"));
}

#[tokio::test]
async fn either_token_given_back_ends_both() {
    let desk = Desk::new().await;
    for which in ["access_token", "refresh_token"] {
        let told = desk.tokens(&[]).await;
        let back = desk.revoke(&told.text(which)).await;
        assert_eq!(back.status, 200);
        // Who asks is told at once, whatever this node has heard.
        let asked = desk.introspect(&told.text("access_token")).await;
        assert_eq!(asked.body, json!({ "active": false }));
        let access = told.text("access_token");
        crate::support::until("the token is refused", async || {
            desk.try_access(&access).await == "UNAUTHENTICATED"
        })
        .await;
        let told = desk.refresh(&told.text("refresh_token"), &[]).await;
        assert_eq!(told.error(), "invalid_grant");
    }
    assert_eq!(desk.happened("OAUTH_GRANT_REVOKED").await, 2);
    // What is not known is as good as given back.
    for token in ["nonsense", "tbr_AAAA"] {
        assert_eq!(desk.revoke(token).await.status, 200);
    }
    assert_eq!(
        desk.call("/oauth/revoke", &[], &[]).await.error(),
        "invalid_request"
    );
}

#[tokio::test]
async fn nobody_gives_back_what_is_anothers() {
    let mut desk = Desk::new().await;
    let told = desk.tokens(&[]).await;
    let own = desk.server.login(&desk.dealer).await;
    let own = own["refreshToken"].as_str().unwrap().to_owned();
    let mine = desk.app.clone();
    desk.app = register(&desk.server, &desk.dealer, json!({ "isPublic": true })).await;
    for foreign in [told.text("access_token"), told.text("refresh_token"), own] {
        let back = desk.revoke(&foreign).await;
        assert_eq!((back.status, back.error()), (400, "unauthorized_client"));
    }
    desk.app = mine;
    assert_eq!(desk.try_access(&told.text("access_token")).await, "none");
    assert_eq!(
        desk.refresh(&told.text("refresh_token"), &[]).await.status,
        200
    );
}
