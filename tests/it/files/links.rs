//! Links: five minutes, one dealer, one file, one deed.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tubex::kernel::clock::Clock;

use super::{begin, bring, download, path, png, upload};
use crate::support::{Answer, Server, TestDealer, files_dir, until};

async fn url(dealer: &TestDealer, file: &str) -> Value {
    let query = "query($id: ID!) { file(id: $id) { url } }";
    let data = dealer.client.run(query, json!({ "id": file })).await;
    data["file"]["url"].clone()
}

fn start() -> DateTime<Utc> {
    let now = Clock::system().now();
    now - TimeDelta::nanoseconds(now.timestamp_subsec_nanos().into())
}

#[tokio::test]
async fn a_link_reads_for_five_minutes() {
    let start = start();
    let clock = Clock::fixed(start);
    let server = Server::start_at(clock.clone(), |_settings| {}).await;
    let dealer = server.dealer().await;
    let content = png("five minutes");
    let file = upload(&dealer, "Ảnh \"1\".png", &content).await;
    let url = url(&dealer, &file).await;
    let nobody = server.anonymous();
    let read = download(&nobody, &url).await;
    assert_eq!(read.status(), 200);
    let header = |name: &str| read.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/png");
    assert_eq!(header("content-length"), content.len().to_string());
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("cache-control"), "private, no-store");
    let named = header("content-disposition");
    assert!(named.starts_with("attachment;"), "{named}");
    assert!(
        named.contains("filename*=UTF-8''%E1%BA%A2nh%201.png"),
        "{named}"
    );
    assert_eq!(read.bytes().await.unwrap(), content);

    clock.set(start + TimeDelta::seconds(298));
    assert_eq!(download(&nobody, &url).await.status(), 200);
    clock.set(start + TimeDelta::seconds(302));
    let late = Answer::of(download(&nobody, &url).await).await;
    assert_eq!((late.status, late.code()), (403, "FORBIDDEN"));
}

#[tokio::test]
async fn an_upload_has_to_begin_in_time_and_comes_once() {
    let clock = Clock::fixed(start());
    let server = Server::start_at(clock.clone(), |_settings| {}).await;
    let dealer = server.dealer().await;
    let (nobody, content) = (server.anonymous(), png("in time"));
    let begun = begin(&dealer.client, "a.png", content.len()).await;
    let url = &begun["upload"]["url"];
    // A link is good for its own deed.
    let other = json!(path(url).replace("/uploads/", "http://x/files/"));
    assert_eq!(download(&nobody, &other).await.status(), 404);
    let first = bring(&nobody, url, &content).send().await.unwrap();
    assert_eq!(first.status(), 200);
    let second = Answer::of(bring(&nobody, url, &content).send().await.unwrap()).await;
    assert_eq!((second.status, second.code()), (409, "CONFLICT"));

    let begun = begin(&dealer.client, "a.png", content.len()).await;
    clock.set(start() + TimeDelta::minutes(6));
    let late = bring(&nobody, &begun["upload"]["url"], &content);
    assert_eq!(late.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn what_was_cut_short_or_wrong_may_be_sent_again() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (nobody, content) = (server.anonymous(), png("again"));
    let begun = begin(&dealer.client, "a.png", content.len()).await;
    let url = &begun["upload"]["url"];
    let long = [&content[..], b"more"].concat();
    let page = vec![b'<'; content.len()];
    let missing = vec![0; content.len() - 1];
    for (wrong, status) in [(&long, 413), (&page, 400), (&missing, 400)] {
        let answer = bring(&nobody, url, wrong).send().await.unwrap();
        assert_eq!(answer.status(), status);
    }
    let query = "query($id: ID!) { file(id: $id) { id } }";
    let id = json!({ "id": begun["upload"]["fileId"] });
    assert_eq!(
        dealer.client.run(query, id.clone()).await["file"],
        Value::Null
    );
    assert_eq!(
        bring(&nobody, url, &content).send().await.unwrap().status(),
        200
    );
    assert_eq!(
        dealer.client.run(query, id.clone()).await["file"]["id"],
        id["id"]
    );
}

/// A content that is on its way to a link: the line on which it comes, and how far.
async fn on_its_way(server: &Server, dealer: &TestDealer, begun: &Value, half: &[u8]) -> TcpStream {
    let address = server.url.strip_prefix("http://").unwrap();
    let mut line = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {LARGE}\r\n\r\n",
        path(&begun["upload"]["url"]),
    );
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(half).await.unwrap();
    line.flush().await.unwrap();
    let file = begun["upload"]["fileId"].as_str().unwrap();
    let arriving = files_dir().join(dealer.id.to_string());
    let arriving = arriving.join(format!("{file}#1"));
    until("it is on its way", async || arriving.exists()).await;
    line
}

/// So much that a part of it is written before the rest has come.
const LARGE: usize = 900_000;

fn large() -> Vec<u8> {
    let mut content = png("large");
    content.resize(LARGE, 1);
    content
}

/// The connection ends in the middle; the file can be brought again at once.
#[tokio::test]
async fn a_client_who_hangs_up_may_come_back() {
    let server = Server::start().await;
    let (dealer, content) = (server.dealer().await, large());
    let begun = begin(&dealer.client, "a.png", LARGE).await;
    let line = on_its_way(&server, &dealer, &begun, &content[..600_000]).await;
    drop(line);
    let brought = bring(&server.anonymous(), &begun["upload"]["url"], &content);
    assert_eq!(brought.send().await.unwrap().status(), 200);
}

/// Nobody waits for what may never be whole: the first that is whole is kept, and what
/// comes after it changes nothing.
#[tokio::test]
async fn of_two_who_bring_the_same_file_the_first_to_end_is_kept() {
    let server = Server::start().await;
    let (dealer, content) = (server.dealer().await, large());
    let begun = begin(&dealer.client, "a.png", LARGE).await;
    let mut slow = on_its_way(&server, &dealer, &begun, &content[..600_000]).await;
    let nobody = server.anonymous();
    let brought = bring(&nobody, &begun["upload"]["url"], &content);
    assert_eq!(brought.send().await.unwrap().status(), 200);
    slow.write_all(&vec![2; LARGE - 600_000]).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
    let file = begun["upload"]["fileId"].as_str().unwrap();
    let read = download(&nobody, &url(&dealer, file).await).await;
    assert_eq!(read.bytes().await.unwrap(), content);
}

#[tokio::test]
async fn ranges_are_given_and_heads_have_no_body() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let content = png("0123456789");
    let file = upload(&dealer, "a.png", &content).await;
    let path = path(&url(&dealer, &file).await);
    let nobody = server.anonymous();
    let ask = |range: &str| {
        nobody
            .request(Method::GET, &path)
            .header("range", range)
            .send()
    };
    let part = ask("bytes=-4").await.unwrap();
    assert_eq!(part.status(), 206);
    let size = content.len();
    assert_eq!(
        part.headers()["content-range"],
        format!("bytes {}-{}/{size}", size - 4, size - 1)
    );
    assert_eq!(part.bytes().await.unwrap(), content[size - 4..]);
    let beyond = ask("bytes=1000-").await.unwrap();
    assert_eq!(beyond.status(), 416);
    assert_eq!(beyond.headers()["content-range"], format!("bytes */{size}"));
    let head = nobody.request(Method::HEAD, &path).send().await.unwrap();
    assert_eq!(head.headers()["content-length"], size.to_string());
    assert_eq!(head.bytes().await.unwrap().len(), 0);
}

/// A link names dealer and file under a code, so neither can be another.
#[tokio::test]
async fn no_link_leads_to_another_dealers_file() {
    let server = Server::start().await;
    let (mine, other) = (server.dealer().await, server.dealer().await);
    let his = upload(&other, "his.png", &png("his")).await;
    let own = upload(&mine, "mine.png", &png("mine")).await;
    let (own, nobody) = (path(&url(&mine, &own).await), server.anonymous());
    for place in 0..60 {
        let at = "/files/".len() + place;
        let swapped = if &own[at..=at] == "A" { "B" } else { "A" };
        let forged = format!("{}{swapped}{}", &own[..at], &own[at + 1..]);
        let answer = nobody.request(Method::GET, &forged).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{forged}");
    }
    assert_eq!(url(&mine, &his).await, Value::Null);
}

#[tokio::test]
async fn a_closed_dealers_links_are_closed() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let file = upload(&dealer, "a.png", &png("closed")).await;
    let read = url(&dealer, &file).await;
    let begun = begin(&dealer.client, "b.png", 40).await;
    let order = tubex::platform::dealers::lifecycle::Order {
        dealer: dealer.id,
        actor: "test".to_owned(),
        reason: None,
        expected: None,
    };
    server.app.core.lifecycle.suspend(&order).await.unwrap();
    server.app.directory.forget(dealer.id);
    let nobody = server.anonymous();
    // He may read, and change nothing.
    assert_eq!(download(&nobody, &read).await.status(), 200);
    let put = bring(&nobody, &begun["upload"]["url"], &[0; 40]);
    let answer = Answer::of(put.send().await.unwrap()).await;
    assert_eq!(answer.code(), "DEALER_SUSPENDED");
}

#[tokio::test]
async fn links_of_an_archived_dealer_are_closed_with_him() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let file = upload(&dealer, "1.png", &png("closed")).await;
    let url = url(&dealer, &file).await;
    let nobody = server.anonymous();
    assert_eq!(download(&nobody, &url).await.status(), 200);
    let owner = crate::support::owner().await;
    crate::transfer::set_status(&server.app, &owner, dealer.id, "ARCHIVED").await;
    assert_eq!(download(&nobody, &url).await.status(), 409);
}
