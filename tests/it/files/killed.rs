//! A server that is killed with a file on its way.

use std::path::Path;

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use super::{begin, bring, path, png};
use crate::cli::program::{Folder, Running};
use crate::cli::serve::serve;
use crate::support::{Client, PASSWORD, own_settings, until};

const REGISTER: &str = "mutation($input: DealerRegisterInput!) {
    dealerRegister(input: $input) { accessToken userErrors { message } } }";

fn url_of(report: &Value) -> String {
    let url = report["graphql_url"].as_str().unwrap();
    url.strip_suffix("/graphql").unwrap().to_owned()
}

async fn register(client: &Client) -> Client {
    let input = json!({
        "name": "By hand", "currency": "EUR", "timezone": "UTC", "ownerName": "Owner",
        "ownerEmail": "owner@test.example", "ownerPassword": PASSWORD,
    });
    let data = client.run(REGISTER, json!({ "input": input })).await;
    client.with_token(data["dealerRegister"]["accessToken"].as_str().unwrap())
}

/// The link is good as before, at once, and the content is what came last.
#[tokio::test]
async fn what_a_killed_server_was_being_sent_may_be_sent_again() {
    let database = own_settings("files_killed").await;
    let folder = Folder::new();
    let open = ["--registration", "open"];
    let (server, report) = Running::start(serve(&folder, &database, &open));
    let url = url_of(&report);
    let client = register(&Client::new(&url, None)).await;
    let content = [png("killed"), vec![1; 1_500_000]].concat();
    let begun = begin(&client, "a.png", content.len()).await;
    let link = &begun["upload"]["url"];
    let dealer = client.get("{ viewer { dealer { id } } }").await;
    let dealer = dealer["viewer"]["dealer"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let file = begun["upload"]["fileId"].as_str().unwrap().to_owned();
    let kept = Path::new(&folder.path("tubex-files")).join(dealer);
    let cut_short = kept.join(format!("{file}#1"));

    let address = url.strip_prefix("http://").unwrap();
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\r\n",
        path(link),
        content.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&content[..1_000_000]).await.unwrap();
    socket.flush().await.unwrap();
    until("it is on its way", async || cut_short.exists()).await;
    let killed = tokio::task::spawn_blocking(move || server.end_by(Signal::SIGKILL));
    assert_eq!(killed.await.unwrap().code(), None);

    let (server, report) = Running::start(serve(&folder, &database, &open));
    let nobody = Client::new(&url_of(&report), None);
    let answer = bring(&nobody, link, &content).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
    assert_eq!(std::fs::read(kept.join(&file)).unwrap(), content);
    until("what was cut short is gone", async || !cut_short.exists()).await;
    let twice = bring(&nobody, link, &content).send().await.unwrap();
    assert_eq!(twice.status(), 409);
    let stopped = tokio::task::spawn_blocking(move || server.end_by(Signal::SIGTERM));
    assert_eq!(stopped.await.unwrap().code(), Some(0));
}
