//! Verifying an address, and setting a forgotten password.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tubex::platform::mail::transport::StoredMail;

use super::{Post, codes, token_in};
use crate::support::{PASSWORD, until};

const ASK: &str = "mutation($input: PasswordResetRequestInput!) {
    passwordResetRequest(input: $input) { userErrors { code path } } }";
const RESET: &str = "mutation($input: PasswordResetInput!) {
    passwordReset(input: $input) { userErrors { code path message } } }";
const VERIFY: &str = "mutation($input: EmailVerifyInput!) {
    emailVerify(input: $input) { user { email emailVerifiedAt } userErrors { code path } } }";
const ASK_TO_VERIFY: &str = "mutation {
    emailVerificationRequest { user { email } userErrors { code message } } }";

const NEW: &str = "another long password";
const OLIVIA: &str = "olivia@test.example";

async fn ask(post: &Post, email: &str) -> Value {
    post.send(ASK, json!({ "email": email })).await["passwordResetRequest"].clone()
}

async fn reset(post: &Post, token: &str, password: &str) -> Value {
    let input = json!({ "token": token, "newPassword": password });
    post.send(RESET, input).await["passwordReset"].clone()
}

async fn verify(post: &Post, token: &str) -> Value {
    post.send(VERIFY, json!({ "token": token })).await["emailVerify"].clone()
}

#[tokio::test]
async fn a_new_owner_verifies_his_address() {
    let post = Post::open("mail_verify").await;
    let owner = post.dealer("Acme", OLIVIA).await;
    let query = "{ viewer { user { emailVerifiedAt } } }";
    assert!(owner.get(query).await["viewer"]["user"]["emailVerifiedAt"].is_null());
    let token = post.token(OLIVIA, "verify-email").await;
    let payload = verify(&post, &token).await;
    assert_eq!(codes(&payload), [""; 0]);
    assert_eq!(payload["user"]["email"], OLIVIA);
    let verified = owner.get(query).await["viewer"]["user"]["emailVerifiedAt"].clone();
    assert_eq!(verified, payload["user"]["emailVerifiedAt"]);
    assert!(verified.is_string());
    // Once is enough.
    assert_eq!(codes(&verify(&post, &token).await), ["NOT_FOUND"]);
}

#[tokio::test]
async fn another_mail_to_verify_comes_on_request_but_not_at_once() {
    let post = Post::open("mail_verify_again").await;
    let owner = post.dealer("Acme", OLIVIA).await;
    let again = async || owner.get(ASK_TO_VERIFY).await["emailVerificationRequest"].clone();
    // The first came with the registration.
    assert_eq!(codes(&again().await), ["LIMIT_EXCEEDED"]);
    post.pass(TimeDelta::minutes(1));
    assert_eq!(codes(&again().await), [""; 0]);
    let mails = post.mails_to(OLIVIA).await;
    assert_eq!(mails.len(), 2);
    // The first link works as well: its mail may be the one that is found.
    let first = token_in(&mails[1].text, "verify-email").unwrap();
    assert_eq!(codes(&verify(&post, &first).await), [""; 0]);
    let nobody = post.server.anonymous().send(ASK_TO_VERIFY, json!({})).await;
    assert_eq!(nobody.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_the_link() {
    let post = Post::open("mail_reset").await;
    post.dealer("Acme", OLIVIA).await;
    assert_eq!(codes(&ask(&post, " Olivia@Test.Example ").await), [""; 0]);
    let token = post.token(OLIVIA, "reset-password").await;
    assert_eq!(codes(&reset(&post, &token, NEW).await), [""; 0]);
    assert!(post.sign_in(OLIVIA, PASSWORD).await.is_none());
    let owner = post.sign_in(OLIVIA, NEW).await.unwrap();
    // Who reads the mail has shown that it reaches him.
    let viewer = owner.get("{ viewer { user { emailVerifiedAt } } }").await;
    assert!(viewer["viewer"]["user"]["emailVerifiedAt"].is_string());
    let mails = post.mails_to(OLIVIA).await;
    let is_told = |mail: &&StoredMail| mail.subject == "Your password was changed";
    let told = mails.iter().find(is_told).unwrap();
    let from = post.nobody.address().to_string();
    assert!(told.text.contains(&from), "{}", told.text);
    // Once is enough.
    assert_eq!(codes(&reset(&post, &token, PASSWORD).await), ["NOT_FOUND"]);
    assert!(post.sign_in(OLIVIA, NEW).await.is_some());
}

const SIGN_IN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    accessToken refreshToken } }";
const REFRESH: &str = "mutation($input: TokenRefreshInput!) { tokenRefresh(input: $input) {
    refreshToken userErrors { code } } }";

#[tokio::test]
async fn with_the_old_password_all_sessions_go() {
    let post = Post::open("mail_reset_sessions").await;
    let owner = post.dealer("Acme", OLIVIA).await;
    let input = json!({ "email": OLIVIA, "password": PASSWORD });
    let session = post.send(SIGN_IN, input).await["login"].clone();
    let refresh = json!({ "refreshToken": session["refreshToken"] });
    ask(&post, OLIVIA).await;
    let token = post.token(OLIVIA, "reset-password").await;
    assert!(owner.get("{ viewer { user { id } } }").await.is_object());
    assert_eq!(codes(&reset(&post, &token, NEW).await), [""; 0]);
    let refused = post.send(REFRESH, refresh).await;
    assert_eq!(codes(&refused["tokenRefresh"]), ["UNAUTHENTICATED"]);
    until("access tokens are refused", async || {
        let answer = owner.send("{ viewer { user { id } } }", json!({})).await;
        answer.code() == "UNAUTHENTICATED"
    })
    .await;
    let owner = post.sign_in(OLIVIA, NEW).await.unwrap();
    assert!(owner.get("{ viewer { user { id } } }").await.is_object());
}

#[tokio::test]
async fn a_stolen_session_is_told_by_mail() {
    let post = Post::open("mail_reuse").await;
    post.dealer("Acme", OLIVIA).await;
    let input = json!({ "email": OLIVIA, "password": PASSWORD });
    let session = post.send(SIGN_IN, input).await["login"].clone();
    let refresh = json!({ "refreshToken": session["refreshToken"] });
    let refreshed = post.send(REFRESH, refresh.clone()).await;
    assert_eq!(codes(&refreshed["tokenRefresh"]), [""; 0]);
    post.pass(TimeDelta::seconds(11));
    for _ in 0..3 {
        let refused = post.send(REFRESH, refresh.clone()).await;
        assert_eq!(codes(&refused["tokenRefresh"]), ["UNAUTHENTICATED"]);
    }
    let mails = post.mails_to(OLIVIA).await;
    let told = mails
        .iter()
        .filter(|mail| mail.subject.contains("copy of your session"));
    assert_eq!(told.count(), 1);
}

#[tokio::test]
async fn a_weak_password_does_not_spend_the_link() {
    let post = Post::open("mail_reset_short").await;
    post.dealer("Acme", OLIVIA).await;
    ask(&post, OLIVIA).await;
    let token = post.token(OLIVIA, "reset-password").await;
    // Too short, tried first by everybody, his own name.
    for weak in ["short", "password2026", "olivia-owner"] {
        let payload = reset(&post, &token, weak).await;
        assert_eq!(codes(&payload), ["BAD_USER_INPUT"], "{weak}");
        let path = &payload["userErrors"][0]["path"];
        assert_eq!(path, &json!(["input", "newPassword"]));
    }
    assert_eq!(codes(&reset(&post, &token, NEW).await), [""; 0]);
}

#[tokio::test]
async fn of_two_uses_at_the_same_moment_one_succeeds() {
    let post = Post::open("mail_reset_race").await;
    post.dealer("Acme", OLIVIA).await;
    for _ in 0..3 {
        ask(&post, OLIVIA).await;
        let token = post.token(OLIVIA, "reset-password").await;
        let uses = (0..6).map(|_| reset(&post, &token, NEW));
        let outcomes = futures_util::future::join_all(uses).await;
        let done = outcomes.iter().filter(|payload| codes(payload).is_empty());
        assert_eq!(done.count(), 1, "{outcomes:#?}");
        post.pass(TimeDelta::minutes(1));
    }
}

#[tokio::test]
async fn a_link_is_good_for_half_an_hour() {
    let post = Post::open("mail_reset_late").await;
    post.dealer("Acme", OLIVIA).await;
    ask(&post, OLIVIA).await;
    let token = post.token(OLIVIA, "reset-password").await;
    post.pass(TimeDelta::minutes(30));
    assert_eq!(codes(&reset(&post, &token, NEW).await), ["NOT_FOUND"]);
    post.pass(TimeDelta::seconds(-1));
    assert_eq!(codes(&reset(&post, &token, NEW).await), [""; 0]);
}

#[tokio::test]
async fn a_new_password_spends_all_links_to_set_one() {
    let post = Post::open("mail_reset_all").await;
    post.dealer("Acme", OLIVIA).await;
    ask(&post, OLIVIA).await;
    let first = post.token(OLIVIA, "reset-password").await;
    post.pass(TimeDelta::minutes(1));
    ask(&post, OLIVIA).await;
    let second = post.token(OLIVIA, "reset-password").await;
    assert_ne!(first, second);
    assert_eq!(codes(&reset(&post, &first, NEW).await), [""; 0]);
    assert_eq!(codes(&reset(&post, &second, PASSWORD).await), ["NOT_FOUND"]);
}

#[tokio::test]
async fn a_link_does_what_it_is_for_and_nothing_else() {
    let post = Post::open("mail_purpose").await;
    post.dealer("Acme", OLIVIA).await;
    let to_verify = post.token(OLIVIA, "verify-email").await;
    assert_eq!(codes(&reset(&post, &to_verify, NEW).await), ["NOT_FOUND"]);
    for made_up in ["", "x", &"A".repeat(43), &"x".repeat(100_000)] {
        assert_eq!(codes(&reset(&post, made_up, NEW).await), ["NOT_FOUND"]);
        assert_eq!(codes(&verify(&post, made_up).await), ["NOT_FOUND"]);
    }
    assert_eq!(codes(&verify(&post, &to_verify).await), [""; 0]);
}

#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let post = Post::open("mail_unknown").await;
    post.dealer("Acme", OLIVIA).await;
    let mut answers = Vec::new();
    for email in [OLIVIA, "nobody@test.example"] {
        // The first, and one that is too many.
        answers.push((ask(&post, email).await, ask(&post, email).await));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(codes(&answers[0].0), [""; 0]);
    // What was written is the same, too; who has the address is found out later.
    let query = "SELECT user_id IS NULL AND dealer_id IS NULL AND peer_name IS NULL, count(*)
        FROM platform.mails WHERE kind = 'RESET_PASSWORD' GROUP BY 1";
    let rows = post.owner.query(query, &[]).await.unwrap();
    assert_eq!(
        (rows.len(), rows[0].get(0), rows[0].get::<_, i64>(1)),
        (1, true, 2)
    );
    assert!(post.mails_to("nobody@test.example").await.is_empty());
    assert_eq!(post.states("RESET_PASSWORD").await, ["SENT", "NEEDLESS"]);
    let wrong = ask(&post, "not an address").await;
    assert_eq!(codes(&wrong), ["BAD_USER_INPUT"]);
}

#[tokio::test]
async fn a_mailbox_is_not_flooded() {
    let post = Post::open("mail_flood").await;
    post.dealer("Acme", OLIVIA).await;
    // At the same moment, one.
    let asked = (0..10).map(|_| ask(&post, OLIVIA));
    futures_util::future::join_all(asked).await;
    assert_eq!(post.states("RESET_PASSWORD").await.len(), 1);
    // Over a day, five.
    for _ in 0..10 {
        post.pass(TimeDelta::minutes(2));
        ask(&post, OLIVIA).await;
    }
    assert_eq!(post.states("RESET_PASSWORD").await.len(), 5);
    post.pass(TimeDelta::days(1));
    ask(&post, OLIVIA).await;
    assert_eq!(post.states("RESET_PASSWORD").await.len(), 6);
}

#[tokio::test]
async fn nobody_fills_the_table_with_addresses_of_nobody() {
    let post = Post::open("mail_many_addresses").await;
    for number in 0..30 {
        let payload = ask(&post, &format!("nobody-{number}@test.example")).await;
        assert_eq!(codes(&payload), [""; 0]);
    }
    let payload = ask(&post, "one-more@test.example").await;
    assert_eq!(codes(&payload), ["LIMIT_EXCEEDED"]);
    assert_eq!(post.states("RESET_PASSWORD").await.len(), 30);
    post.mails_to("").await;
    post.pass(TimeDelta::days(2));
    post.sender().prune().await.unwrap();
    assert_eq!(post.states("RESET_PASSWORD").await.len(), 30);
    post.pass(TimeDelta::seconds(1));
    post.sender().prune().await.unwrap();
    assert_eq!(post.states("RESET_PASSWORD").await.len(), 0);
}

#[tokio::test]
async fn the_database_never_holds_a_link() {
    let post = Post::open("mail_secret").await;
    post.dealer("Acme", OLIVIA).await;
    ask(&post, OLIVIA).await;
    let token = post.token(OLIVIA, "reset-password").await;
    for table in ["mails", "one_time_tokens", "users", "invitations"] {
        let query =
            format!("SELECT count(*) FROM platform.{table} t WHERE t::text LIKE '%' || $1 || '%'");
        let row = post.owner.query_one(&query, &[&token]).await.unwrap();
        assert_eq!(row.get::<_, i64>(0), 0, "{table}");
    }
}
