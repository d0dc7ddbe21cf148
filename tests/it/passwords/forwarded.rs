//! Behind a proxy everybody has his own address, and nobody somebody else's.

use serde_json::{Value, json};
use tubex::config::ServerSettings;
use uuid::Uuid;

use crate::support::{Answer, Server};

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    userErrors { code } } }";

/// Guesses at `email` with this header; gives the code of the answer.
async fn guess(server: &Server, email: &str, header: &str) -> String {
    let variables = json!({ "input": { "email": email, "password": "somebody's guess" } });
    let request = reqwest::Client::new()
        .post(format!("{}/graphql", server.url))
        .header("x-forwarded-for", header)
        .json(&json!({ "query": LOGIN, "variables": variables }));
    let answer = Answer::of(request.send().await.unwrap()).await;
    if answer.body["errors"] != Value::Null {
        assert!(answer.body["errors"][0]["extensions"]["retryAfterMs"].is_u64());
        return answer.code().to_owned();
    }
    let code = &answer.body["data"]["login"]["userErrors"][0]["code"];
    code.as_str().unwrap().to_owned()
}

/// Codes of guesses at accounts that nobody has tried before, so that it is the
/// address that counts.
async fn guesses(server: &Server, headers: impl Iterator<Item = String>) -> Vec<String> {
    let mut codes = Vec::new();
    for header in headers {
        let email = format!("{}@test.example", Uuid::new_v4());
        codes.push(guess(server, &email, &header).await);
    }
    codes
}

fn throttled(codes: &[String]) -> usize {
    codes.iter().filter(|code| *code == "THROTTLED").count()
}

async fn server(change: impl FnOnce(&mut ServerSettings)) -> Server {
    let settings = tokio::task::spawn_blocking(|| {
        crate::support::own(&format!("forwarded_{}", Uuid::new_v4().simple()))
    });
    let clock = tubex::kernel::clock::Clock::fixed(super::noon());
    Server::start_on(&settings.await.unwrap(), clock, change).await
}

#[tokio::test]
async fn clients_behind_a_trusted_proxy_have_addresses_of_their_own() {
    let server = server(|_settings| {}).await;
    let clients = (0..30).map(|n| format!("198.51.100.{n}"));
    assert_eq!(throttled(&guesses(&server, clients).await), 0);
    let one = (0..30).map(|_| "203.0.113.1".to_owned());
    assert_eq!(throttled(&guesses(&server, one).await), 10);
}

#[tokio::test]
async fn what_a_client_says_of_itself_does_not_count() {
    let server = server(|_settings| {}).await;
    // The proxy has added where the client really is.
    let spoofed = (0..30).map(|n| format!("198.51.100.{n}, 203.0.113.1"));
    assert_eq!(throttled(&guesses(&server, spoofed).await), 10);
}

#[tokio::test]
async fn without_a_trusted_proxy_the_header_is_nothing() {
    let server = server(|settings| settings.trusted_proxies.clear()).await;
    let spoofed = (0..30).map(|n| format!("198.51.100.{n}"));
    assert_eq!(throttled(&guesses(&server, spoofed).await), 10);
}
