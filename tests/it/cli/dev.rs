//! `tubex dev`: the whole of it on this machine, and nothing left behind.

use std::net::{TcpListener, TcpStream};
use std::process::Command;

use nix::sys::signal::Signal;
use serde_json::Value;

use super::program::{Ended, Folder, Running};
use crate::support::{Client, cluster, until};

/// `dev` in a folder, with the PostgreSQL that the other tests have found or
/// fetched.
fn dev(folder: &Folder, more: &[&str]) -> Command {
    cluster();
    let tools = concat!(env!("CARGO_TARGET_TMPDIR"), "/tools");
    let mut command = folder.program(&["dev", "--json", "--offline", "--listen", "127.0.0.1:0"]);
    command
        .args(["--data", &folder.path(""), "--tools", tools])
        .args(more);
    command
}

/// Runs it, looks at it, ends it.
async fn visit<T>(folder: &Folder, more: &[&str], look: impl AsyncFnOnce(&Value) -> T) -> T {
    let command = dev(folder, more);
    let started = tokio::task::spawn_blocking(|| Running::start(command)).await;
    let (running, report) = started.unwrap();
    let seen = look(&report).await;
    assert_eq!(running.end_by(Signal::SIGINT).code(), Some(0));
    seen
}

/// The clients of both dealers' owners, by the tokens in the report.
fn owners(report: &Value) -> Vec<Client> {
    let url = report["graphql_url"]
        .as_str()
        .unwrap()
        .strip_suffix("/graphql")
        .unwrap();
    let dealers = report["dealers"].as_array().unwrap();
    let token = |dealer: &Value| dealer["access_token"].as_str().map(str::to_owned);
    dealers
        .iter()
        .map(|dealer| Client::new(url, token(dealer)))
        .collect()
}

/// Both dealers' products, as `id sku`.
async fn products(report: &Value) -> Vec<Vec<String>> {
    let mut shops = Vec::new();
    for client in owners(report) {
        let data = client
            .get("{ products(first: 50) { nodes { id sku } } }")
            .await;
        let nodes = data["products"]["nodes"].as_array().unwrap();
        let line = |node: &Value| format!("{} {}", node["id"], node["sku"]);
        shops.push(nodes.iter().map(line).collect());
    }
    shops
}

/// The owners are asked to verify their addresses, by mails that a person can open.
async fn shows_its_mails(report: &Value) {
    let mailbox = report["mailbox_url"].as_str().unwrap();
    let http = reqwest::Client::new();
    let page = async |url: &str| http.get(url).send().await.unwrap().text().await.unwrap();
    until("both mails are there", async || {
        page(mailbox).await.matches("Confirm your address").count() == 2
    })
    .await;
    let list = page(mailbox).await;
    let (_, link) = list.split_once("<a href=\"/mailbox/").unwrap();
    let name = link.split('"').next().unwrap();
    let mail = page(&format!("{mailbox}/{name}")).await;
    assert!(mail.contains("verify-email?token="), "{mail}");
    let html = page(&format!("{mailbox}/{name}/html")).await;
    assert!(html.contains("<base target=\"_blank\">"), "{html}");
    // A website whose name somebody has led here gets nothing.
    let request = http.get(mailbox).header("host", "evil.example:8080");
    assert_eq!(request.send().await.unwrap().status(), 404);
    let beyond = format!("{mailbox}/..%2f..%2frequest-password");
    assert_eq!(http.get(beyond).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn the_demo_opens_two_shops_of_their_own_and_leaves_nothing_running() {
    let folder = Folder::new();
    let (shops, database) = visit(&folder, &[], async |report| {
        let config = owners(report)[0].request(reqwest::Method::GET, "/graphiql/config.json");
        let config: Value = config.send().await.unwrap().json().await.unwrap();
        let logins = config["demoLogins"].as_array().unwrap();
        assert_eq!(logins.len(), 2);
        for (login, dealer) in logins.iter().zip(report["dealers"].as_array().unwrap()) {
            assert_eq!(login["email"], dealer["email"]);
        }
        let operators = report["operator_url"].as_str().unwrap();
        let token = report["operator_token"].as_str().unwrap().to_owned();
        let data = Client::new(operators.strip_suffix("/graphql").unwrap(), Some(token))
            .get("{ dealers { totalCount } }")
            .await;
        assert_eq!(data["dealers"]["totalCount"], 2);
        shows_its_mails(report).await;
        let url = report["database_url"].as_str().unwrap();
        let config: tokio_postgres::Config = url.parse().unwrap();
        (products(report).await, ("127.0.0.1", config.get_ports()[0]))
    })
    .await;
    assert_eq!(shops.len(), 2);
    assert!(shops[0].len() > 20 && shops[1].len() > 20);
    assert!(shops[0].iter().all(|product| !shops[1].contains(product)));
    assert!(
        TcpStream::connect(database).is_err(),
        "PostgreSQL still runs"
    );
    assert!(!std::path::Path::new(&folder.path("postgres/data/postmaster.pid")).exists());
}

#[tokio::test]
async fn the_demo_keeps_its_shops_until_it_is_reset() {
    let folder = Folder::new();
    let first = visit(&folder, &[], products).await;
    let second = visit(&folder, &[], products).await;
    assert_eq!(first, second);
    let reset = visit(&folder, &["--reset"], products).await;
    assert_eq!(reset[0].len(), first[0].len());
    assert!(reset[0].iter().all(|product| !first[0].contains(product)));
}

#[test]
fn a_taken_port_is_said_at_once_in_one_sentence() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = folder.run(&["dev", "--offline", "--data", "data", "--listen", &address]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
    assert!(
        ended.err.contains(&format!("--listen {address}: ")),
        "{}",
        ended.err
    );
    // Nothing was begun.
    assert!(!std::path::Path::new(&folder.path("data")).exists());
    let ended: Ended = folder.run(&["dev", "--offline", "--json", "--listen", &address]);
    assert!(ended.reason().contains(&address));
}
