//! Codes: good once, for one application, with what belongs to them.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::json;

use super::{Desk, VERIFIER, claims, register};
use crate::support::{Client, owner};

#[tokio::test]
async fn a_code_becomes_tokens_that_say_who_and_what_for() {
    let desk = Desk::new().await;
    let told = desk.tokens(&[]).await;
    assert_eq!(told.body["token_type"], "Bearer");
    assert_eq!(told.body["expires_in"], 900);
    assert_eq!(told.text("scope"), super::SCOPE);
    let (user, dealer) = (desk.dealer.owner.to_string(), desk.dealer.id.to_string());
    let access = claims(&told.text("access_token"));
    assert_eq!(access["client_id"], desk.app.id);
    assert_eq!(access["scope"], super::SCOPE);
    assert_eq!(access["aud"], "tubex-api");
    let id = claims(&told.text("id_token"));
    for (name, value) in [
        ("aud", desk.app.id.as_str()),
        ("azp", &desk.app.id),
        ("sub", &user),
        ("dealer_id", &dealer),
        ("nonce", "a nonce"),
        ("iss", desk.server.app.keys.ring().issuer()),
    ] {
        assert_eq!(id[name], value, "{name}");
    }
    assert_eq!(id["amr"], json!(["pwd"]));
    assert_eq!(id["auth_time"], desk.server.clock.now().timestamp());
    assert_eq!(desk.try_access(&told.text("access_token")).await, "none");
    // What is for the application opens nothing here.
    assert_eq!(
        desk.try_access(&told.text("id_token")).await,
        "UNAUTHENTICATED"
    );
}

/// An owner may do everything; his application does what he has let it do.
#[tokio::test]
async fn a_token_is_good_for_its_scope_and_no_more() {
    let desk = Desk::new().await;
    let told = desk.tokens(&[]).await;
    let app = Client::new(&desk.server.url, Some(told.text("access_token")));
    app.get("{ products { totalCount } }").await;
    for beyond in [
        "{ customers { totalCount } }",
        "{ stockLevels { totalCount } }",
        "{ members { totalCount } }",
        "{ securityEvents { id } }",
        "{ oauthClients { id } }",
        "{ oauthGrants { id } }",
        "{ sessions { id } }",
        "mutation { logout { ended } }",
        "mutation { sessionRevoke(input: { which: ALL }) { ended } }",
    ] {
        let answer = app.send(beyond, json!({})).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{beyond}");
    }
}

#[tokio::test]
async fn nothing_renews_without_the_word_for_it_and_nobody_is_named_unasked() {
    let desk = Desk::new().await;
    let told = desk.tokens(&[("scope", "products:read")]).await;
    assert!(told.body.get("refresh_token").is_none());
    assert!(told.body.get("id_token").is_none());
    let told = desk.tokens(&[("scope", "openid products:read")]).await;
    assert!(told.body.get("refresh_token").is_none());
    assert!(told.body.get("id_token").is_some());
}

#[tokio::test]
async fn what_belongs_to_a_code_must_be_right() {
    let desk = Desk::new().await;
    let code = desk.code(&mut desk.browser(), &[]).await;
    let wrong = VERIFIER.replace('d', "e");
    for (extra, error) in [
        (("code_verifier", ""), "invalid_request"),
        (("code_verifier", wrong.as_str()), "invalid_grant"),
        (("code_verifier", super::CHALLENGE), "invalid_grant"),
        (("redirect_uri", ""), "invalid_request"),
        (
            ("redirect_uri", "https://app.example.com/other"),
            "invalid_grant",
        ),
        (("code", "made-up"), "invalid_grant"),
    ] {
        let told = desk.exchange(&code, &[extra]).await;
        assert_eq!((told.status, told.error()), (400, error), "{extra:?}");
    }
    // Whoever fails so has spent nothing, and ended nothing.
    assert_eq!(desk.exchange(&code, &[]).await.status, 200);
}

#[tokio::test]
async fn a_code_is_good_for_a_minute() {
    let desk = Desk::new().await;
    let code = desk.code(&mut desk.browser(), &[]).await;
    desk.wait(TimeDelta::seconds(60));
    assert_eq!(desk.exchange(&code, &[]).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_code_is_of_one_application() {
    let mut desk = Desk::new().await;
    let code = desk.code(&mut desk.browser(), &[]).await;
    let first = desk.app.clone();
    desk.app = register(&desk.server, &desk.dealer, json!({ "name": "Other" })).await;
    assert_eq!(desk.exchange(&code, &[]).await.error(), "invalid_grant");
    desk.app = first;
    let told = desk.exchange(&code, &[]).await;
    assert_eq!(told.status, 200);
    // Nor can it end what another has got.
    desk.app = register(&desk.server, &desk.dealer, json!({ "name": "Third" })).await;
    assert_eq!(desk.exchange(&code, &[]).await.error(), "invalid_grant");
    assert_eq!(desk.try_access(&told.text("access_token")).await, "none");
}

#[tokio::test]
async fn a_code_shown_again_ends_what_it_has_got() {
    let desk = Desk::new().await;
    let code = desk.code(&mut desk.browser(), &[]).await;
    let told = desk.exchange(&code, &[]).await;
    let (access, refresh) = (told.text("access_token"), told.text("refresh_token"));
    // A thief who has the code alone ends nothing.
    let wrong = VERIFIER.replace('d', "e");
    desk.exchange(&code, &[("code_verifier", &wrong)]).await;
    assert_eq!(desk.try_access(&access).await, "none");
    desk.wait(TimeDelta::minutes(5));
    assert_eq!(desk.exchange(&code, &[]).await.error(), "invalid_grant");
    crate::support::until("the token is refused", async || {
        desk.try_access(&access).await == "UNAUTHENTICATED"
    })
    .await;
    assert_eq!(desk.refresh(&refresh, &[]).await.error(), "invalid_grant");
    assert_eq!(desk.happened("OAUTH_CODE_REPLAYED").await, 1);
    // The consent stays: the application can ask again.
    let mut browser = desk.browser();
    let page = browser.get(&desk.address(&[])).await;
    let page = desk.sign_in(&mut browser, &page).await;
    assert!(page.param("code").is_some());
}

/// Of twenty at the same moment one gets tokens, and loses them, since the others
/// show that there are copies.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_gets_tokens_and_they_are_revoked() {
    let desk = Arc::new(Desk::new().await);
    let code = desk.code(&mut desk.browser(), &[]).await;
    let trades = (0..20).map(|_| {
        let (desk, code) = (Arc::clone(&desk), code.clone());
        tokio::spawn(async move { desk.exchange(&code, &[]).await })
    });
    let mut got = Vec::new();
    for trade in trades.collect::<Vec<_>>() {
        let told = trade.await.unwrap();
        match told.status {
            200 => got.push(told),
            _ => assert_eq!(told.error(), "invalid_grant"),
        }
    }
    assert_eq!(got.len(), 1);
    let (access, refresh) = (got[0].text("access_token"), got[0].text("refresh_token"));
    crate::support::until("the token is refused", async || {
        desk.try_access(&access).await == "UNAUTHENTICATED"
    })
    .await;
    assert_eq!(desk.refresh(&refresh, &[]).await.error(), "invalid_grant");
    assert_eq!(desk.happened("OAUTH_CODE_REPLAYED").await, 1);
}

/// A password that is changed between consent and trade ends the code.
#[tokio::test]
async fn a_change_of_the_account_ends_its_codes() {
    let desk = Desk::new().await;
    let code = desk.code(&mut desk.browser(), &[]).await;
    raise_epoch(&desk).await;
    assert_eq!(desk.exchange(&code, &[]).await.error(), "invalid_grant");
}

async fn raise_epoch(desk: &Desk) {
    let user = desk.dealer.owner.uuid().to_string();
    let raise = "UPDATE platform.users SET epoch = epoch + 1 WHERE id = $1::text::uuid";
    owner().await.execute(raise, &[&user]).await.unwrap();
}

/// Codes are kept for a day, so that late copies are known.
#[tokio::test]
async fn old_codes_go() {
    let desk = Desk::new().await;
    let code = desk.code(&mut desk.browser(), &[]).await;
    desk.exchange(&code, &[]).await;
    for (hours, left) in [("23", 1), ("25", 0)] {
        let conn = owner().await;
        let mine =
            "FROM platform.oauth_grants g WHERE g.id = c.grant_id AND g.dealer_id = $1::text::uuid";
        let age = format!(
            "UPDATE platform.oauth_codes c SET expires_at = now() - interval '{hours} hours' {mine}"
        );
        conn.execute(&age, &[&desk.dealer.id.uuid().to_string()])
            .await
            .unwrap();
        desk.server.app.callers.applications.prune().await.unwrap();
        let count = format!(
            "SELECT count(*) FROM platform.oauth_codes c WHERE EXISTS (SELECT {})",
            mine.trim_start()
        );
        let row = conn
            .query_one(&count, &[&desk.dealer.id.uuid().to_string()])
            .await;
        assert_eq!(row.unwrap().get::<_, i64>(0), left, "{hours} hours");
    }
}
