//! `tubex serve`: from start to signal.

use nix::sys::signal::Signal;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tubex::config::DatabaseSettings;

use super::program::{Ended, Folder, Running, database_flags};
use crate::support::{Client, PASSWORD, empty_settings, own, own_settings};

/// `serve` on a free port, with a key of its own.
pub fn serve(folder: &Folder, database: &DatabaseSettings, more: &[&str]) -> std::process::Command {
    let key = folder.path("key.pem");
    folder.run(&["key", "generate", "--output", &key]);
    let mut command = folder.program(&["serve", "--json", "--listen", "127.0.0.1:0"]);
    command
        .args(["--secret-key-file", &key])
        .args(database_flags(database))
        .args(more);
    command
}

fn client(report: &Value) -> Client {
    let url = report["graphql_url"].as_str().unwrap();
    Client::new(url.strip_suffix("/graphql").unwrap(), None)
}

#[tokio::test]
async fn a_server_serves_until_sigterm_and_exits_with_0() {
    let database = empty_settings("cli_serve").await;
    let folder = Folder::new();
    let command = serve(&folder, &database, &["--migrate", "--registration", "open"]);
    let (server, report) = Running::start(command);
    let input = json!({
        "name": "By hand", "currency": "EUR", "timezone": "UTC", "ownerName": "Owner",
        "ownerEmail": "owner@test.example", "ownerPassword": PASSWORD,
    });
    let register = "mutation($input: DealerRegisterInput!) {
        dealerRegister(input: $input) { accessToken userErrors { message } } }";
    let nobody = client(&report);
    let data = nobody.run(register, json!({ "input": input })).await;
    let token = data["dealerRegister"]["accessToken"].as_str().unwrap();
    let data = nobody
        .with_token(token)
        .get("{ viewer { dealer { name } } }")
        .await;
    assert_eq!(data["viewer"]["dealer"]["name"], "By hand");
    let ready = nobody
        .request(reqwest::Method::GET, "/readyz")
        .send()
        .await
        .unwrap();
    assert_eq!(ready.status(), 200);
    assert_eq!(server.end_by(Signal::SIGTERM).code(), Some(0));
}

#[tokio::test]
async fn a_server_without_the_page_has_none() {
    let database = own_settings("cli_serve_no_page").await;
    let folder = Folder::new();
    let (server, report) = Running::start(serve(&folder, &database, &["--graphiql", "false"]));
    for path in [
        "/graphiql",
        "/graphiql/config.json",
        "/graphiql/assets/explorer.js",
        "/",
    ] {
        let answer = client(&report)
            .request(reqwest::Method::GET, path)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    assert_eq!(server.end_by(Signal::SIGINT).code(), Some(0));
}

#[test]
fn a_server_does_not_start_on_what_it_can_not_use() {
    let (folder, database) = (Folder::new(), own("cli_serve_faults"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let no_key = folder.path("no-key.pem");
    let not_a_key = folder.file("not-a-key.pem", "nothing");
    for (more, start) in [
        (["--listen", &address], format!("--listen {address}: ")),
        (
            ["--secret-key-file", &no_key],
            format!("--secret-key-file {no_key}: "),
        ),
        (
            ["--secret-key-file", &not_a_key],
            "the secret key must be one line".to_owned(),
        ),
        (
            ["--graphiql-dir", "nowhere"],
            "--graphiql-dir nowhere: ".to_owned(),
        ),
        (
            ["--database-ca-file", "no.pem"],
            "--database-ca-file no.pem: ".to_owned(),
        ),
    ] {
        let mut command = folder.program(&["serve", "--json"]);
        let flag = more[0];
        if flag != "--secret-key-file" {
            let key = folder.path("key.pem");
            folder.run(&["key", "generate", "--output", &key]);
            command.args(["--secret-key-file", &key]);
        }
        command.args(database_flags(&database)).args(more);
        let reason = Ended::of(command).reason();
        assert!(reason.starts_with(&start), "{reason}");
    }
}

#[test]
fn a_server_does_not_start_if_the_request_role_is_not_let_in() {
    let (folder, mut database) = (Folder::new(), own("cli_serve_not_let_in"));
    let url = database.database_url.expose_secret();
    database.database_url = url.replace("of-the-tests", "of-nobody").into();
    let reason = Ended::of(serve(&folder, &database, &[])).reason();
    assert!(
        reason.contains("password authentication failed"),
        "{reason}"
    );
}
