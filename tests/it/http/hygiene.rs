//! What answers tell browsers, and how connections are kept.

use std::io::Read;
use std::time::Duration;

use flate2::read::GzDecoder;
use reqwest::{Method, Response};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tubex::config::ServerSettings;

use crate::support::Server;

const SHOP: &str = "https://shop.example.com";

async fn asked(server: &Server, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = server.anonymous().request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request
        .body(r#"{"query":"{__typename}"}"#)
        .send()
        .await
        .unwrap()
}

async fn with_shop() -> Server {
    Server::start_with(|settings| settings.allowed_origins = vec![SHOP.to_owned()]).await
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn every_answer_says_what_browsers_should_not_do() {
    let server = Server::start_with(|settings| settings.http.hsts_max_age_s = 3600).await;
    for path in ["/graphql", "/livez", "/graphiql", "/nothing"] {
        let answer = asked(&server, Method::GET, path, &[]).await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("strict-transport-security"), "max-age=3600");
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert_eq!(policy.contains("script-src 'self'"), path == "/graphiql");
    }
    let plain = Server::start().await;
    let answer = asked(&plain, Method::GET, "/livez", &[]).await;
    assert!(!answer.headers().contains_key("strict-transport-security"));
}

#[tokio::test]
async fn pages_of_named_origins_may_read_answers_and_no_others() {
    let server = with_shop().await;
    for (origin, may) in [
        (SHOP, true),
        ("https://shop.example.com.evil.test", false),
        ("http://shop.example.com", false),
        ("https://SHOP.example.com", false),
        ("null", false),
    ] {
        let headers = [JSON, ("origin", origin)];
        let answer = asked(&server, Method::POST, "/graphql", &headers).await;
        let allowed = answer.headers().get("access-control-allow-origin");
        assert_eq!(allowed.is_some(), may, "{origin}");
        assert!(allowed.is_none_or(|allowed| allowed == origin));
        assert!(
            answer
                .headers()
                .get_all("vary")
                .iter()
                .any(|vary| vary == "origin")
        );
    }
}

#[tokio::test]
async fn browsers_may_ask_beforehand() {
    let server = with_shop().await;
    let ask = |origin: &'static str| {
        let server = &server;
        async move {
            let headers = [
                ("origin", origin),
                ("access-control-request-method", "POST"),
                (
                    "access-control-request-headers",
                    "authorization, content-type",
                ),
            ];
            asked(server, Method::OPTIONS, "/graphql", &headers).await
        }
    };
    let answer = ask(SHOP).await;
    assert_eq!(answer.status(), 204);
    let header = |name: &str| answer.headers()[name].to_str().unwrap();
    assert_eq!(header("access-control-allow-origin"), SHOP);
    assert_eq!(header("access-control-allow-credentials"), "true");
    assert!(header("access-control-allow-headers").contains("authorization"));
    assert!(header("access-control-allow-methods").contains("POST"));
    let stranger = ask("https://evil.test").await;
    assert!(
        !stranger
            .headers()
            .contains_key("access-control-allow-origin")
    );
}

#[tokio::test]
async fn long_answers_are_packed_for_who_can_read_that() {
    let server = Server::start().await;
    let query = json!({ "query": "{ __schema { types { name fields { name description } } } }" });
    let send = |accepted: &'static str| {
        let request = server.anonymous().request(Method::POST, "/graphql");
        request
            .header("accept-encoding", accepted)
            .json(&query)
            .send()
    };
    let packed = send("br, gzip;q=0.8").await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let bytes = packed.bytes().await.unwrap();
    let mut text = String::new();
    GzDecoder::new(&bytes[..])
        .read_to_string(&mut text)
        .unwrap();
    assert!(
        text.len() > 2 * bytes.len(),
        "{} {}",
        text.len(),
        bytes.len()
    );
    for accepted in ["gzip;q=0", "br", "identity"] {
        let plain = send(accepted).await.unwrap();
        assert!(
            !plain.headers().contains_key("content-encoding"),
            "{accepted}"
        );
        assert_eq!(plain.text().await.unwrap(), text);
    }
    let short = asked(
        &server,
        Method::POST,
        "/graphql",
        &[JSON, ("accept-encoding", "gzip")],
    )
    .await;
    assert!(!short.headers().contains_key("content-encoding"));
    let off = Server::start_with(|settings| settings.http.compression = false).await;
    let request = off.anonymous().request(Method::POST, "/graphql");
    let plain = request
        .header("accept-encoding", "gzip")
        .json(&query)
        .send()
        .await
        .unwrap();
    assert!(!plain.headers().contains_key("content-encoding"));
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_not_sent() {
    let small = |settings: &mut ServerSettings| settings.limits.max_response_bytes = 2000;
    let server = Server::start_with(small).await;
    let query = "{ __schema { types { name } } }";
    let answer = server.anonymous().send(query, json!({})).await;
    assert_eq!((answer.status, answer.code()), (200, "LIMIT_EXCEEDED"));
    let limit = &answer.body["errors"][0]["extensions"]["limit"];
    assert_eq!(
        (&limit["name"], &limit["max"]),
        (&json!("response"), &json!(2000))
    );
    server.anonymous().get("{ __typename }").await;
}

/// What comes back on a bare connection, until it is closed.
async fn spoken(server: &Server, words: &[&str]) -> String {
    let address = server.url.strip_prefix("http://").unwrap();
    let mut line = TcpStream::connect(address).await.unwrap();
    for word in words {
        line.write_all(word.as_bytes()).await.unwrap();
    }
    let mut heard = Vec::new();
    let read = line.read_to_end(&mut heard);
    // What was not read when it closes makes the host reset the connection.
    let _closed = tokio::time::timeout(Duration::from_secs(20), read)
        .await
        .unwrap();
    String::from_utf8_lossy(&heard).into_owned()
}

#[tokio::test]
async fn who_sends_too_slowly_is_not_waited_for() {
    let hasty = |settings: &mut ServerSettings| {
        settings.limits.body_timeout_ms = Duration::from_millis(300);
        settings.http.head_timeout_ms = Duration::from_secs(3);
        settings.http.keep_alive_ms = Duration::from_millis(300);
    };
    let server = Server::start_with(hasty).await;
    let head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n";
    let answer = spoken(&server, &[head, "{\"query\":"]).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("--body-timeout-ms"), "{answer}");
    let answer = spoken(&server, &["POST /graphql HTTP/1.1\r\nHost: x\r\n"]).await;
    assert!(
        answer.starts_with("HTTP/1.1 408") || answer.is_empty(),
        "{answer}"
    );
    // A connection that rests is closed.
    let whole = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    let answer = spoken(&server, &[whole]).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn what_is_no_http_is_told_so() {
    let server = Server::start().await;
    for words in [
        "\u{0}\u{1}\u{2}\r\n\r\n",
        "GET /graphql\r\n\r\n",
        "GET /livez HTTP/9.9\r\n\r\n",
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "POST /graphql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\nzz",
        "GET /livez HTTP/1.1\r\nHost: x\r\nX: \u{1}\r\n\r\n",
    ] {
        let heard = spoken(&server, &[words]).await;
        assert!(
            heard.starts_with("HTTP/1.1 4") || heard.is_empty(),
            "{words:?}: {heard}"
        );
    }
    server.anonymous().get("{ __typename }").await;
}
