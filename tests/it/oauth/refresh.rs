//! Refresh tokens of applications: the families and rules of users' own sessions.

use chrono::TimeDelta;
use serde_json::json;

use super::{Desk, claims, register};

#[tokio::test]
async fn each_is_good_once_and_its_parent_for_ten_seconds_more() {
    let desk = Desk::new().await;
    let first = desk.tokens(&[]).await.text("refresh_token");
    let second = desk.refresh(&first, &[]).await;
    assert_eq!(second.status, 200, "{:#}", second.body);
    assert_eq!(second.text("scope"), super::SCOPE);
    let id = claims(&second.text("id_token"));
    assert_eq!(id["aud"], desk.app.id);
    assert!(id.get("nonce").is_none());
    desk.wait(TimeDelta::seconds(10));
    let again = desk.refresh(&first, &[]).await;
    assert_eq!(again.text("refresh_token"), second.text("refresh_token"));
    desk.wait(TimeDelta::seconds(1));
    assert_eq!(desk.refresh(&first, &[]).await.error(), "invalid_grant");
    let next = second.text("refresh_token");
    assert_eq!(desk.refresh(&next, &[]).await.error(), "invalid_grant");
    crate::support::until("the token is refused", async || {
        desk.try_access(&second.text("access_token")).await == "UNAUTHENTICATED"
    })
    .await;
    assert_eq!(desk.happened("TOKEN_REUSED").await, 1);
}

#[tokio::test]
async fn it_lives_for_a_month_unused_and_for_three_at_most() {
    let desk = Desk::new().await;
    let mut token = desk.tokens(&[]).await.text("refresh_token");
    for _ in 0..3 {
        desk.wait(TimeDelta::days(29));
        token = desk.refresh(&token, &[]).await.text("refresh_token");
    }
    desk.wait(TimeDelta::days(4));
    assert_eq!(desk.refresh(&token, &[]).await.error(), "invalid_grant");
    let token = desk.tokens(&[]).await.text("refresh_token");
    desk.wait(TimeDelta::days(30));
    assert_eq!(desk.refresh(&token, &[]).await.error(), "invalid_grant");
}

#[tokio::test]
async fn it_is_of_one_application_and_no_users_own() {
    let mut desk = Desk::new().await;
    let token = desk.tokens(&[]).await.text("refresh_token");
    let own = desk.server.login(&desk.dealer).await;
    let own = own["refreshToken"].as_str().unwrap().to_owned();
    let first = desk.app.clone();
    desk.app = register(&desk.server, &desk.dealer, json!({ "name": "Other" })).await;
    for foreign in [&token, &own] {
        assert_eq!(desk.refresh(foreign, &[]).await.error(), "invalid_grant");
    }
    // Nor does it refresh where users do.
    let refresh = "mutation($token: String) { tokenRefresh(input: { refreshToken: $token }) {
        accessToken userErrors { code } } }";
    let anonymous = desk.server.anonymous();
    let data = anonymous.run(refresh, json!({ "token": token })).await;
    let payload = &data["tokenRefresh"];
    assert_eq!(payload["accessToken"], json!(null));
    assert_eq!(payload["userErrors"][0]["code"], "UNAUTHENTICATED");
    // None of that has ended anything.
    desk.app = first;
    assert_eq!(desk.refresh(&token, &[]).await.status, 200);
}

#[tokio::test]
async fn less_may_be_asked_for_and_never_more() {
    let desk = Desk::new().await;
    let token = desk
        .tokens(&[("scope", "openid offline_access products:read")])
        .await;
    let token = token.text("refresh_token");
    for more in ["stock:read", "openid email", "everything"] {
        let told = desk.refresh(&token, &[("scope", more)]).await;
        assert_eq!(told.error(), "invalid_scope", "{more}");
    }
    let less = desk.refresh(&token, &[("scope", "products:read")]).await;
    assert_eq!(less.text("scope"), "products:read");
    assert!(less.body.get("id_token").is_none());
    assert_eq!(claims(&less.text("access_token"))["scope"], "products:read");
    let all = desk.refresh(&less.text("refresh_token"), &[]).await;
    assert_eq!(all.text("scope"), "openid offline_access products:read");
}

/// What the application may ask for no more is gone with the next refresh.
#[tokio::test]
async fn what_is_taken_from_an_application_is_taken_from_its_tokens() {
    let desk = Desk::new().await;
    let token = desk.tokens(&[]).await.text("refresh_token");
    let update = "mutation($input: OauthClientUpdateInput!) { oauthClientUpdate(input: $input) {
        client { scopes version } userErrors { code } } }";
    let input = json!({ "id": desk.app.id, "expectedVersion": 1,
        "scopes": ["openid", "offline_access"] });
    let data = desk
        .owner()
        .await
        .run(update, json!({ "input": input }))
        .await;
    assert_eq!(data["oauthClientUpdate"]["client"]["version"], 2);
    let told = desk.refresh(&token, &[]).await;
    assert_eq!(told.text("scope"), "openid offline_access");
}

/// Fifty refreshes at once are one step of the family, as for users.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_get_the_same() {
    let desk = std::sync::Arc::new(Desk::new().await);
    let token = desk.tokens(&[]).await.text("refresh_token");
    let refreshes = (0..50).map(|_| {
        let (desk, token) = (std::sync::Arc::clone(&desk), token.clone());
        tokio::spawn(async move { desk.refresh(&token, &[]).await.text("refresh_token") })
    });
    let mut next = std::collections::BTreeSet::new();
    for refresh in refreshes.collect::<Vec<_>>() {
        next.insert(refresh.await.unwrap());
    }
    assert_eq!(next.len(), 1);
}

/// Sessions of applications are not among the user's own, and end with them when all
/// have to go.
#[tokio::test]
async fn a_reset_of_the_password_ends_them() {
    let desk = Desk::new().await;
    let token = desk.tokens(&[]).await;
    let owner = desk.owner().await;
    let data = owner.get("{ sessions { isCurrent } }").await;
    // That of the browser, those of this test's sign-ins.
    let before = data["sessions"].as_array().unwrap().len();
    desk.tokens(&[]).await;
    let data = owner.get("{ sessions { isCurrent } }").await;
    assert_eq!(data["sessions"].as_array().unwrap().len(), before + 1);
    owner
        .get("mutation { sessionRevoke(input: { which: ALL }) { ended } }")
        .await;
    let told = desk.refresh(&token.text("refresh_token"), &[]).await;
    assert_eq!(told.error(), "invalid_grant");
}
