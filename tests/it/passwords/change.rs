//! Another password: what ends with the old one, and what is asked for.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, Server, TestDealer, until};

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    accessToken refreshToken deviceToken userErrors { code } } }";
const CHANGE: &str = "mutation($input: PasswordChangeInput!) { passwordChange(input: $input) {
    user { email } deviceToken userErrors { code path message } } }";
const REFRESH: &str = "mutation($input: TokenRefreshInput!) { tokenRefresh(input: $input) {
    accessToken userErrors { code } } }";
const VIEWER: &str = "{ viewer { user { email } } }";
const NEW: &str = "seven quiet umbrellas";

async fn login(server: &Server, dealer: &TestDealer, password: &str) -> Value {
    let input = json!({ "email": dealer.email, "password": password });
    let client = server.anonymous();
    client.run(LOGIN, json!({ "input": input })).await["login"].clone()
}

fn client(server: &Server, login: &Value) -> Client {
    let token = login["accessToken"].as_str().unwrap();
    server.anonymous().with_token(token)
}

async fn change(client: &Client, current: &str, new: &str) -> Value {
    let input = json!({ "currentPassword": current, "newPassword": new });
    let data = client.run(CHANGE, json!({ "input": input })).await;
    data["passwordChange"].clone()
}

async fn refreshes(server: &Server, login: &Value) -> bool {
    let input = json!({ "refreshToken": login["refreshToken"] });
    let client = server.anonymous();
    let data = client.run(REFRESH, json!({ "input": input })).await;
    data["tokenRefresh"]["accessToken"].is_string()
}

async fn ended(client: &Client) -> bool {
    client.send(VIEWER, json!({})).await.code() == "UNAUTHENTICATED"
}

#[tokio::test]
async fn with_the_password_go_the_other_sessions_and_all_access_tokens() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (here, there) = (
        login(&server, &dealer, PASSWORD).await,
        login(&server, &dealer, PASSWORD).await,
    );
    let (at_home, abroad) = (client(&server, &here), client(&server, &there));
    let changed = change(&at_home, PASSWORD, NEW).await;
    assert_eq!(changed["userErrors"], json!([]));
    assert_eq!(changed["user"]["email"], dealer.email);
    until("the tokens have ended", async || {
        ended(&at_home).await && ended(&abroad).await
    })
    .await;
    assert!(refreshes(&server, &here).await);
    assert!(!refreshes(&server, &there).await);
    let old = login(&server, &dealer, PASSWORD).await;
    assert_eq!(old["userErrors"][0]["code"], "INVALID_CREDENTIALS");
    assert!(login(&server, &dealer, NEW).await["accessToken"].is_string());
}

#[tokio::test]
async fn a_change_that_is_refused_says_why_and_changes_nothing() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let signed_in = login(&server, &dealer, PASSWORD).await;
    let client = client(&server, &signed_in);
    let name = dealer.email.replace('@', "-");
    for (current, new, field, code) in [
        (
            "a wrong guess",
            NEW,
            "currentPassword",
            "INVALID_CREDENTIALS",
        ),
        (PASSWORD, "password2026", "newPassword", "BAD_USER_INPUT"),
        (PASSWORD, "too short", "newPassword", "BAD_USER_INPUT"),
        (PASSWORD, &name, "newPassword", "BAD_USER_INPUT"),
        (PASSWORD, PASSWORD, "newPassword", "BAD_USER_INPUT"),
    ] {
        let refused = change(&client, current, new).await;
        let error = &refused["userErrors"][0];
        assert_eq!(error["path"], json!(["input", field]), "{new}: {refused:#}");
        assert_eq!(error["code"], code, "{new}");
        assert!(refused["user"].is_null() && refused["deviceToken"].is_null());
    }
    client.get(VIEWER).await;
    assert!(refreshes(&server, &signed_in).await);
}

#[tokio::test]
async fn a_stolen_access_token_does_not_guess_the_password() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let thief = client(&server, &login(&server, &dealer, PASSWORD).await);
    let hashes = || server.app.identity.accounts().passwords().runs();
    let before = hashes();
    let input = json!({ "currentPassword": "a wrong guess", "newPassword": NEW });
    let mut throttled = 0;
    for _ in 0..20 {
        let answer = thief.send(CHANGE, json!({ "input": input })).await;
        throttled += usize::from(answer.code() == "THROTTLED");
    }
    assert!(throttled >= 13, "{throttled}");
    assert!(hashes() - before <= 7);
    // Who signs in with the password does not feel it.
    assert!(login(&server, &dealer, PASSWORD).await["accessToken"].is_string());
}

#[tokio::test]
async fn an_account_under_attack_can_still_be_given_another_password() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let signed_in = login(&server, &dealer, PASSWORD).await;
    for _ in 0..10 {
        let input = json!({ "email": dealer.email, "password": "a wrong guess" });
        let thief = server.anonymous();
        thief.send(LOGIN, json!({ "input": input })).await;
    }
    let changed = change(&client(&server, &signed_in), PASSWORD, NEW).await;
    assert_eq!(changed["userErrors"], json!([]));
    // The device is known by what it got, and not by what it had.
    for (device, known) in [(&signed_in, false), (&changed, true)] {
        let token = &device["deviceToken"];
        let input = json!({ "email": dealer.email, "password": NEW, "deviceToken": token });
        let client = server.anonymous();
        let answer = client.send(LOGIN, json!({ "input": input })).await;
        let throttled = answer.code() == "THROTTLED";
        assert_eq!(throttled, !known, "{device:#}");
    }
}

#[tokio::test]
async fn a_browser_keeps_its_device_token_where_no_script_sees_it() {
    let server = Server::start_with(|settings| settings.secure_cookies = false).await;
    let dealer = server.dealer().await;
    let signed_in = |cookies: String| {
        let input = json!({ "email": dealer.email, "password": PASSWORD, "cookies": true });
        let request = server.anonymous().request(Method::POST, "/graphql");
        let body = json!({ "query": LOGIN, "variables": { "input": input } });
        let sent = request.header("cookie", cookies).json(&body).send();
        async { Answer::of(sent.await.unwrap()).await }
    };
    let first = signed_in(String::new()).await;
    assert!(first.body["data"]["login"]["deviceToken"].is_null());
    let set = first.headers.get_all("set-cookie").iter();
    let cookie = set
        .map(|cookie| cookie.to_str().unwrap())
        .find(|cookie| cookie.starts_with("tubex_device="))
        .unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=15552000"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    for _ in 0..10 {
        let input = json!({ "email": dealer.email, "password": "a wrong guess" });
        let thief = server.anonymous();
        thief.send(LOGIN, json!({ "input": input })).await;
    }
    assert_eq!(signed_in(String::new()).await.code(), "THROTTLED");
    let (kept, _) = cookie.split_once(';').unwrap();
    let again = signed_in(kept.to_owned()).await;
    assert_eq!(again.body["data"]["login"]["userErrors"], json!([]));
}
