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
