//! A GraphQL client over real HTTP.

use std::net::{IpAddr, Ipv6Addr};

use serde_json::{Value, json};
use tubex::kernel::peer::Peer;
use uuid::Uuid;

/// Somebody who sends operations.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
    address: IpAddr,
}

/// Somebody at an address that nobody else has.
pub fn peer() -> Peer {
    let random = Uuid::new_v4().into_bytes();
    let mut bytes = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).octets();
    bytes[4..8].copy_from_slice(&random[..4]);
    Peer::at(bytes.into())
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub headers: reqwest::header::HeaderMap,
}

impl Client {
    pub fn new(url: &str, token: Option<String>) -> Self {
        Self {
            http: reqwest::Client::new(),
            url: url.to_owned(),
            token,
            address: peer().address,
        }
    }

    pub const fn address(&self) -> IpAddr {
        self.address
    }

    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The same, with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// A request to any path, with the token if there is one.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        let request = request.header("x-forwarded-for", self.address.to_string());
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends an operation and takes whatever comes.
    pub async fn send(&self, query: &str, variables: Value) -> Answer {
        let body = json!({ "query": query, "variables": variables });
        let request = self.request(reqwest::Method::POST, "/graphql").json(&body);
        Answer::of(request.send().await.unwrap()).await
    }

    /// The answer to an operation, if there is one that is JSON.
    pub async fn try_send(&self, query: &str, variables: Value) -> Option<Value> {
        let body = json!({ "query": query, "variables": variables });
        let request = self.request(reqwest::Method::POST, "/graphql").json(&body);
        request.send().await.ok()?.json().await.ok()
    }

    /// The data of an operation that must succeed.
    pub async fn run(&self, query: &str, variables: Value) -> Value {
        let answer = self.send(query, variables).await;
        assert!(
            answer.body.get("errors").is_none(),
            "{query}\n{:#}",
            answer.body
        );
        answer.body["data"].clone()
    }

    /// As [`Client::run`], without variables.
    pub async fn get(&self, query: &str) -> Value {
        self.run(query, json!({})).await
    }
}

impl Answer {
    pub async fn of(response: reqwest::Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.json().await.unwrap_or(Value::Null),
        }
    }

    /// The code of the first error.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or("none")
    }

    /// SQL statements the operation took.
    pub fn statements(&self) -> u64 {
        self.body["extensions"]["debug"]["sqlStatements"]
            .as_u64()
            .unwrap()
    }

    /// Loaders the operation asked.
    pub fn loaders(&self) -> Vec<String> {
        let loaders = self.body["extensions"]["debug"]["loaders"]
            .as_array()
            .unwrap();
        loaders
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    }
}
