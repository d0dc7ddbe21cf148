//! Tokens as cookies, for dashboards in a browser.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Server, Socket, TestDealer};

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    accessToken refreshToken expiresAt refreshExpiresAt userErrors { code } } }";
const REFRESH: &str = "mutation { tokenRefresh { accessToken refreshToken userErrors { code } } }";
const LOGOUT: &str = "mutation { logout { ended } }";

/// A browser: keeps cookies, and sends them with headers of a page.
struct Browser<'s> {
    server: &'s Server,
    cookies: BTreeMap<String, String>,
    lines: Vec<String>,
}

impl<'s> Browser<'s> {
    async fn signed_in(server: &'s Server, dealer: &TestDealer) -> Self {
        let (cookies, lines) = (BTreeMap::new(), Vec::new());
        let mut browser = Self {
            server,
            cookies,
            lines,
        };
        let input = json!({ "email": dealer.email, "password": PASSWORD, "cookies": true });
        let answer = browser.send(LOGIN, json!({ "input": input }), &[]).await;
        let login = &answer.body["data"]["login"];
        assert_eq!(login["userErrors"], json!([]));
        // Not for scripts to see.
        assert!(login["accessToken"].is_null() && login["refreshToken"].is_null());
        assert!(login["expiresAt"].is_string() && login["refreshExpiresAt"].is_string());
        browser
    }

    fn header(&self) -> String {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        pairs.join("; ")
    }

    async fn send(&mut self, query: &str, variables: Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.server.anonymous().request(Method::POST, "/graphql");
        request = request.header("cookie", self.header());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = json!({ "query": query, "variables": variables });
        let response = request.json(&body).send().await.unwrap();
        for line in response.headers().get_all("set-cookie") {
            let line = line.to_str().unwrap().to_owned();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0;") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            self.lines.push(line);
        }
        Answer::of(response).await
    }

    async fn units(&mut self, headers: &[(&str, &str)]) -> Answer {
        self.send(super::UNITS, json!({}), headers).await
    }
}

#[tokio::test]
async fn a_browser_lives_on_cookies_that_no_script_can_read() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut browser = Browser::signed_in(&server, &dealer).await;
    for name in ["__Host-tubex_access", "__Host-tubex_refresh"] {
        assert!(browser.cookies.contains_key(name));
    }
    for line in &browser.lines {
        assert!(
            line.ends_with("; HttpOnly; SameSite=Strict; Secure"),
            "{line}"
        );
    }
    assert_eq!(browser.units(&[]).await.code(), "none");
    let before = browser.cookies.clone();
    let answer = browser.send(REFRESH, json!({}), &[]).await;
    let payload = &answer.body["data"]["tokenRefresh"];
    assert_eq!(payload["userErrors"], json!([]));
    assert!(payload["accessToken"].is_null() && payload["refreshToken"].is_null());
    assert_ne!(browser.cookies, before);
    assert_eq!(browser.units(&[]).await.code(), "none");
    browser.send(LOGOUT, json!({}), &[]).await;
    // The device stays known.
    assert!(browser.cookies.keys().eq(["__Host-tubex_device"]));
    // A copy of the cookies is worth nothing any more.
    browser.cookies = before;
    crate::support::until("the cookie is refused", async || {
        let mut copy = Browser {
            server: &server,
            cookies: browser.cookies.clone(),
            lines: Vec::new(),
        };
        copy.units(&[]).await.code() == "UNAUTHENTICATED"
    })
    .await;
}

/// A server on whose hosts dealers have names.
async fn with_hosts() -> Server {
    Server::start_with(|settings| settings.dealer_domain = Some("shops.test".to_owned())).await
}

fn host_of(dealer: &TestDealer) -> String {
    format!("{}.shops.test", dealer.id.to_string().replace('_', "-"))
}

#[tokio::test]
async fn what_is_open_to_all_stays_so_beside_a_cookie_that_is_refused() {
    let server = with_hosts().await;
    let (dealer, stranger) = (server.dealer().await, server.dealer().await);
    let mut browser = Browser::signed_in(&server, &dealer).await;
    let host = host_of(&stranger);
    let there = [("host", host.as_str())];
    assert_eq!(browser.units(&there).await.code(), "FORBIDDEN");
    let input = json!({ "email": dealer.email, "password": PASSWORD, "cookies": true });
    let again = browser.send(LOGIN, json!({ "input": input }), &there).await;
    assert_eq!(again.body["data"]["login"]["userErrors"], json!([]));
    let out = browser.send(LOGOUT, json!({}), &there).await;
    assert_eq!(out.body["data"]["logout"]["ended"], 1);
    assert!(browser.cookies.keys().eq(["__Host-tubex_device"]));
}

#[tokio::test]
async fn cookies_of_a_dealers_host_stay_with_him() {
    let server = with_hosts().await;
    let dealer = server.dealer().await;
    let mut browser = Browser::signed_in(&server, &dealer).await;
    let second = super::second_dealer(&server, &dealer).await;
    let switch = "mutation($id: ID!) { dealerSwitch(input: { dealerId: $id }) {
        userErrors { code path } } }";
    let host = host_of(&dealer);
    let here = [("host", host.as_str())];
    let refused = browser.send(switch, json!({ "id": second }), &here).await;
    assert_eq!(
        refused.body["data"]["dealerSwitch"]["userErrors"],
        json!([{ "code": "NOT_ALLOWED", "path": ["input", "dealerId"] }])
    );
    assert_eq!(browser.units(&here).await.code(), "none");
}

#[tokio::test]
async fn a_token_sent_on_purpose_says_whose_session_ends() {
    let server = Server::start().await;
    let (mine, others) = (server.dealer().await, server.dealer().await);
    let mut browser = Browser::signed_in(&server, &others).await;
    let tokens = server.login(&mine).await;
    let token = format!("Bearer {}", tokens["accessToken"].as_str().unwrap());
    let before = browser.cookies.clone();
    let sent = [("authorization", token.as_str())];
    browser.send(LOGOUT, json!({}), &sent).await;
    assert_eq!(browser.cookies, before);
    assert_eq!(browser.units(&[]).await.code(), "none");
    crate::support::until("the token is refused", async || {
        let answer = super::try_access(&server, &tokens["accessToken"]).await;
        answer.code() == "UNAUTHENTICATED"
    })
    .await;
}

#[tokio::test]
async fn cookies_count_for_pages_of_ours_only() {
    let server = Server::start_with(|settings| {
        settings.allowed_origins = vec!["https://dashboard.test".to_owned()];
    })
    .await;
    let dealer = server.dealer().await;
    let mut browser = Browser::signed_in(&server, &dealer).await;
    for own in [server.url.as_str(), "https://dashboard.test"] {
        assert_eq!(
            browser.units(&[("origin", own)]).await.code(),
            "none",
            "{own}"
        );
    }
    for foreign in [
        "https://evil.test",
        "null",
        "https://dashboard.test.evil.test",
    ] {
        let refused = browser.units(&[("origin", foreign)]).await;
        assert_eq!(refused.code(), "UNAUTHENTICATED", "{foreign}");
        let refreshed = browser
            .send(REFRESH, json!({}), &[("origin", foreign)])
            .await;
        let payload = &refreshed.body["data"]["tokenRefresh"];
        assert_eq!(
            payload["userErrors"][0]["code"], "UNAUTHENTICATED",
            "{foreign}"
        );
    }
    let refused = browser.units(&[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(refused.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_stale_cookie_keeps_nobody_from_signing_in() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut browser = Browser::signed_in(&server, &dealer).await;
    let stale = "nonsense".to_owned();
    browser
        .cookies
        .insert("__Host-tubex_access".to_owned(), stale);
    assert_eq!(browser.units(&[]).await.code(), "UNAUTHENTICATED");
    let answer = browser.send(REFRESH, json!({}), &[]).await;
    assert_eq!(answer.body["data"]["tokenRefresh"]["userErrors"], json!([]));
    assert_eq!(browser.units(&[]).await.code(), "none");
}

#[tokio::test]
async fn a_header_counts_before_a_cookie() {
    let server = Server::start().await;
    let (dealer, other) = (server.dealer().await, server.dealer().await);
    let mut browser = Browser::signed_in(&server, &dealer).await;
    let bearer = format!("Bearer {}", other.client.token().unwrap());
    let query = "{ viewer { dealer { id } } }";
    let answer = browser
        .send(query, json!({}), &[("authorization", &bearer)])
        .await;
    assert_eq!(
        answer.body["data"]["viewer"]["dealer"]["id"],
        other.id.to_string()
    );
}

#[tokio::test]
async fn cookies_are_asked_for_over_http_only() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket: Socket = server.socket(&dealer).await;
    let input = json!({ "email": dealer.email, "password": PASSWORD, "cookies": true });
    socket
        .subscribe("in", LOGIN, json!({ "input": input }))
        .await;
    let message = socket.next().await;
    let error = &message["payload"]["errors"][0];
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{message}");
}
