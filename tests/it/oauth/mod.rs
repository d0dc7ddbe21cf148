//! Applications of third parties: requests, consent, codes, tokens.

mod browser;
mod clients;
mod codes;
mod consent;
mod inspection;
mod nodes;
mod refresh;
mod requests;
mod sign_in;
mod userinfo;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tubex::kernel::clock::Clock;
use url::form_urlencoded::Serializer;

use crate::support::{Client, PASSWORD, Server, TestDealer};
use browser::{Browser, Page};

/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "https://app.example.com/callback";
const LOCAL: &str = "http://127.0.0.1/callback";
const SCOPE: &str = "openid profile email offline_access products:read";

const REGISTER: &str =
    "mutation($input: OauthClientRegisterInput!) { oauthClientRegister(input: $input) {
    client { id name scopes isPublic version } secret userErrors { code message path } } }";

/// A server whose clock a test sets, a dealer, and an application of his.
struct Desk {
    server: Server,
    dealer: TestDealer,
    app: Application,
}

/// An application of a third party.
#[derive(Clone)]
pub struct Application {
    pub id: String,
    secret: Option<String>,
    redirect: &'static str,
}

/// An answer to an application.
struct Told {
    status: u16,
    body: Value,
    headers: reqwest::header::HeaderMap,
}

impl Told {
    fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or("none")
    }

    fn text(&self, name: &str) -> String {
        let value = self.body[name].as_str();
        value
            .unwrap_or_else(|| panic!("no {name} in {:#}", self.body))
            .to_owned()
    }
}

impl Desk {
    async fn new() -> Self {
        let clock = Clock::fixed(Clock::system().now());
        let server = Server::start_at(clock, |_settings| {}).await;
        Self::at(server).await
    }

    async fn at(server: Server) -> Self {
        let dealer = server.dealer().await;
        let app = register(&server, &dealer, json!({})).await;
        Self {
            server,
            dealer,
            app,
        }
    }

    fn wait(&self, time: TimeDelta) {
        let clock = &self.server.clock;
        clock.set(clock.now() + time);
    }

    fn browser(&self) -> Browser {
        Browser::at(&self.server.url)
    }

    /// The address to which an application sends users. What `extra` names replaces
    /// what would be there; an empty value leaves it out.
    fn address(&self, extra: &[(&str, &str)]) -> String {
        address_for(&self.app, extra)
    }

    /// Signs the dealer's owner in on the page.
    async fn sign_in(&self, browser: &mut Browser, page: &Page) -> Page {
        let fields = [
            ("email", self.dealer.email.as_str()),
            ("password", PASSWORD),
        ];
        browser.submit(page, &fields).await
    }

    /// All the way to a code: signing in, if that is asked for, and consenting.
    async fn code(&self, browser: &mut Browser, extra: &[(&str, &str)]) -> String {
        let mut page = browser.get(&self.address(extra)).await;
        if page.asks_for("password") {
            page = self.sign_in(browser, &page).await;
        }
        if page.asks_for("decision") {
            page = browser.submit(&page, &[("decision", "allow")]).await;
        }
        page.param("code")
            .unwrap_or_else(|| panic!("{}", page.body))
    }

    /// Tokens of a new browser's user.
    async fn tokens(&self, extra: &[(&str, &str)]) -> Told {
        let code = self.code(&mut self.browser(), extra).await;
        let told = self.exchange(&code, &[]).await;
        assert_eq!(told.status, 200, "{:#}", told.body);
        told
    }

    async fn exchange(&self, code: &str, extra: &[(&str, &str)]) -> Told {
        let base = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.app.redirect),
            ("code_verifier", VERIFIER),
        ];
        self.call("/oauth/token", &base, extra).await
    }

    async fn refresh(&self, token: &str, extra: &[(&str, &str)]) -> Told {
        let base = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.call("/oauth/token", &base, extra).await
    }

    async fn introspect(&self, token: &str) -> Told {
        self.call("/oauth/introspect", &[("token", token)], &[])
            .await
    }

    async fn revoke(&self, token: &str) -> Told {
        self.call("/oauth/revoke", &[("token", token)], &[]).await
    }

    /// A call of the desk's application.
    async fn call(&self, path: &str, base: &[(&str, &str)], extra: &[(&str, &str)]) -> Told {
        let app = &self.app;
        let mut own = vec![("client_id", app.id.as_str())];
        own.extend(
            app.secret
                .as_deref()
                .map(|secret| ("client_secret", secret)),
        );
        own.extend(base);
        call(&self.server.url, path, &merged(&own, extra)).await
    }

    /// What comes of the token at the API.
    async fn try_access(&self, token: &str) -> String {
        try_access(&self.server, token).await
    }

    /// The dealer's owner, signed in a moment ago.
    async fn owner(&self) -> Client {
        fresh(&self.server, &self.dealer).await
    }

    /// Kinds of what happened at the dealer, the latest first.
    async fn events(&self) -> Vec<String> {
        let data = self.owner().await.get("{ securityEvents { kind } }").await;
        let events = data["securityEvents"].as_array().unwrap();
        let kind = |event: &Value| event["kind"].as_str().unwrap().to_owned();
        events.iter().map(kind).collect()
    }

    async fn happened(&self, kind: &str) -> usize {
        self.events()
            .await
            .iter()
            .filter(|known| *known == kind)
            .count()
    }
}

async fn fresh(server: &Server, dealer: &TestDealer) -> Client {
    let payload = server.login(dealer).await;
    let token = payload["accessToken"].as_str().unwrap().to_owned();
    Client::new(&server.url, Some(token))
}

/// The code of the error that the token leads to at the API; `none` if it is good.
async fn try_access(server: &Server, token: &str) -> String {
    let client = Client::new(&server.url, Some(token.to_owned()));
    let answer = client.send("{ products { totalCount } }", json!({})).await;
    answer.code().to_owned()
}

fn address_for(app: &Application, extra: &[(&str, &str)]) -> String {
    let base = [
        ("response_type", "code"),
        ("client_id", app.id.as_str()),
        ("redirect_uri", app.redirect),
        ("scope", SCOPE),
        ("state", "a state & more"),
        ("nonce", "a nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    format!("/oauth/authorize?{}", merged(&base, extra))
}

fn merged(base: &[(&str, &str)], extra: &[(&str, &str)]) -> String {
    let mut all: BTreeMap<&str, &str> = base.iter().copied().collect();
    all.extend(extra.iter().copied());
    let some = all.into_iter().filter(|(_, value)| !value.is_empty());
    Serializer::new(String::new()).extend_pairs(some).finish()
}

/// A call of an application with this form.
async fn call(url: &str, path: &str, form: &str) -> Told {
    let request = reqwest::Client::new()
        .post(format!("{url}{path}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned());
    told(request).await
}

async fn told(request: reqwest::RequestBuilder) -> Told {
    let response = request.send().await.unwrap();
    Told {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.json().await.unwrap_or(Value::Null),
    }
}

/// Registers an application of the dealer's; `change` replaces parts of what it is.
pub async fn register(server: &Server, dealer: &TestDealer, change: Value) -> Application {
    let mut input = json!({
        "name": "Ledger",
        "homepage": "https://app.example.com/",
        "redirectUris": [REDIRECT, LOCAL],
        "scopes": SCOPE.split(' ').chain(["stock:read"]).collect::<Vec<_>>(),
    });
    for (name, value) in change.as_object().unwrap() {
        input[name] = value.clone();
    }
    let client = fresh(server, dealer).await;
    let data = client.run(REGISTER, json!({ "input": input })).await;
    let payload = &data["oauthClientRegister"];
    assert_eq!(payload["userErrors"], json!([]));
    Application {
        id: payload["client"]["id"].as_str().unwrap().to_owned(),
        secret: payload["secret"].as_str().map(str::to_owned),
        redirect: REDIRECT,
    }
}

/// What a token says, unchecked.
fn claims(token: &str) -> Value {
    use base64::Engine;
    let part = token.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part)
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
