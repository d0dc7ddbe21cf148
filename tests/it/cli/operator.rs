//! `tubex operator token`, and the operators' endpoint of `serve`.

use nix::sys::signal::Signal;
use reqwest::Method;
use serde_json::Value;
use tubex::config::DatabaseSettings;

use super::program::{Folder, Running, database_flags};
use crate::support::{Client, own, own_settings};

fn key(folder: &Folder) -> String {
    let key = folder.path("key.pem");
    folder.run(&["key", "generate", "--output", &key]);
    key
}

fn serve(
    folder: &Folder,
    key: &str,
    database: &DatabaseSettings,
    more: &[&str],
) -> (Running, Value) {
    let mut command = folder.program(&["serve", "--json", "--listen", "127.0.0.1:0"]);
    command
        .args(["--secret-key-file", key])
        .args(database_flags(database))
        .args(more);
    Running::start(command)
}

#[tokio::test]
async fn a_token_from_the_command_line_opens_the_endpoint() {
    let database = own_settings("cli_operator").await;
    let folder = Folder::new();
    let key = key(&folder);
    let flags = ["--operator-listen", "127.0.0.1:0"];
    let (server, report) = serve(&folder, &key, &database, &flags);
    let url = report["operator_url"].as_str().unwrap();
    assert_ne!(report["operator_url"], report["graphql_url"]);
    let token = [
        "operator",
        "token",
        "--name",
        "alice",
        "--secret-key-file",
        &key,
    ];
    let database_flags = database_flags(&database);
    let database_flags: Vec<&str> = database_flags.iter().map(String::as_str).collect();
    let token = [&token[..], &database_flags].concat();
    let printed = folder.run(&token);
    assert_eq!(printed.out.lines().count(), 1, "only the token, for $(…)");
    let alice = Client::new(
        url.strip_suffix("/graphql").unwrap(),
        Some(printed.out.trim().to_owned()),
    );
    let data = alice.get("{ dealers { totalCount } }").await;
    assert_eq!(data["dealers"]["totalCount"], 0);
    let metrics = alice.request(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(metrics.status(), 200);
    assert_eq!(server.end_by(Signal::SIGTERM).code(), Some(0));
    let told = folder
        .run(&[&token[..], &["--ttl", "30m", "--json"]].concat())
        .json();
    assert_eq!(told["name"], "alice");
    assert!(told["expires_at"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn there_is_no_endpoint_unless_it_is_asked_for() {
    let (folder, database) = (Folder::new(), own("cli_no_operator"));
    let (server, report) = serve(&folder, &key(&folder), &database, &[]);
    assert_eq!(report["operator_url"], Value::Null);
    assert_eq!(server.end_by(Signal::SIGTERM).code(), Some(0));
}

#[test]
fn a_taken_port_is_named_with_its_flag() {
    let (folder, database) = (Folder::new(), own("cli_operator_port"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let key = key(&folder);
    let mut flags = vec!["serve", "--json", "--listen", "127.0.0.1:0"];
    flags.extend(["--secret-key-file", &key, "--operator-listen", &address]);
    let mut command = folder.program(&flags);
    command.args(database_flags(&database));
    let reason = super::program::Ended::of(command).reason();
    assert!(
        reason.starts_with(&format!("--operator-listen {address}: ")),
        "{reason}"
    );
}

#[test]
fn names_and_times_that_will_not_do_are_refused() {
    let folder = Folder::new();
    let key = key(&folder);
    for (name, ttl) in [
        ("two words", "8h"),
        ("", "8h"),
        ("alice", "25h"),
        ("alice", "soon"),
    ] {
        let token = ["operator", "token", "--name", name, "--ttl", ttl];
        let ended = folder.run(&[&token[..], &["--secret-key-file", &key]].concat());
        assert_eq!(ended.code, Some(2), "{name} {ttl}");
        assert!(ended.err.contains("must "), "{}", ended.err);
    }
}
