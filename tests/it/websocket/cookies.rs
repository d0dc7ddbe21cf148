//! Sockets of browsers, which are signed in by the cookie of the upgrade.

use serde_json::json;

use crate::support::{Server, Socket, TestDealer};

/// A socket that a page of `origin` opens with the dealer's cookie.
async fn opened_by(server: &Server, dealer: &TestDealer, origin: &str) -> Socket {
    let token = dealer.client.token().unwrap();
    let cookie = format!("theme=dark; __Host-tubex_access={token}");
    let headers = [
        ("sec-websocket-protocol", "graphql-transport-ws"),
        ("cookie", &cookie),
        ("origin", origin),
    ];
    let mut socket = Socket::open_as(&server.url, &headers).await.unwrap();
    socket.send(json!({ "type": "connection_init" })).await;
    socket
}

#[tokio::test]
async fn a_page_of_ours_is_signed_in_by_its_cookie() {
    let known = "https://dashboard.test";
    let server =
        Server::start_with(|settings| settings.allowed_origins = vec![known.to_owned()]).await;
    let dealer = server.dealer().await;
    for origin in [server.url.as_str(), known] {
        let mut socket = opened_by(&server, &dealer, origin).await;
        assert_eq!(socket.next().await["type"], "connection_ack", "{origin}");
        let viewer = "{ viewer { dealer { id } } }";
        socket.subscribe("who", viewer, json!({})).await;
        let who = socket.next().await;
        let id = &who["payload"]["data"]["viewer"]["dealer"]["id"];
        assert_eq!(*id, dealer.id.to_string());
    }
}

#[tokio::test]
async fn a_foreign_page_with_its_users_cookies_is_not() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    for origin in ["https://evil.test", "null", "http://127.0.0.1"] {
        let mut socket = opened_by(&server, &dealer, origin).await;
        assert_eq!(socket.close_code().await, 4403, "{origin}");
    }
}

#[tokio::test]
async fn a_token_on_purpose_counts_before_a_cookie() {
    let server = Server::start().await;
    let (mine, other) = (server.dealer().await, server.dealer().await);
    let cookie = format!("__Host-tubex_access={}", other.client.token().unwrap());
    let headers = [
        ("sec-websocket-protocol", "graphql-transport-ws"),
        ("cookie", cookie.as_str()),
    ];
    let mut socket = Socket::open_as(&server.url, &headers).await.unwrap();
    socket.init(mine.client.token().unwrap()).await;
    let viewer = "{ viewer { dealer { id } } }";
    socket.subscribe("who", viewer, json!({})).await;
    let who = socket.next().await;
    let id = &who["payload"]["data"]["viewer"]["dealer"]["id"];
    assert_eq!(*id, mine.id.to_string());
}
