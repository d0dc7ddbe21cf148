//! A graphql-transport-ws client over a real websocket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Long enough for a loaded machine; a test that waits this long fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// One websocket.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects, offering the protocol.
    pub async fn open(url: &str) -> Self {
        Self::open_with(url, Some("graphql-transport-ws")).await
    }

    pub async fn open_with(url: &str, protocol: Option<&str>) -> Self {
        let headers: Vec<_> = protocol
            .map(|name| ("sec-websocket-protocol", name))
            .into_iter()
            .collect();
        let opened = Self::open_as(url, &headers).await;
        opened.unwrap_or_else(|status| panic!("refused with {status}"))
    }

    /// Connects with these headers; gives the status if the server will not.
    pub async fn open_as(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let url = format!("{}/graphql", url.replace("http://", "ws://"));
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            let value = value.parse().unwrap();
            request.headers_mut().insert(*name, value);
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((stream, _response)) => Ok(Self(stream)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Signs in and waits for the acknowledgement.
    pub async fn init(&mut self, token: &str) {
        let payload = json!({ "authorization": format!("Bearer {token}") });
        self.send(json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(self.next().await["type"], "connection_ack");
    }

    pub async fn send(&mut self, message: Value) {
        self.send_text(&message.to_string()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        self.send_frame(Message::text(text)).await;
    }

    /// A frame as it is, which need not be one of the protocol.
    pub async fn send_frame(&mut self, frame: Message) {
        self.0.send(frame).await.unwrap();
    }

    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "type": "subscribe", "id": id, "payload": payload }))
            .await;
    }

    /// A round trip after which every message sent so far has been handled.
    pub async fn settle(&mut self) {
        self.send(json!({ "type": "ping" })).await;
        assert_eq!(self.next().await["type"], "pong");
    }

    /// The next message of the protocol.
    pub async fn next(&mut self) -> Value {
        self.message().await.expect("an open socket")
    }

    /// The code with which the server closes the socket; other messages are
    /// passed over.
    pub async fn close_code(&mut self) -> u16 {
        self.last_words().await.0
    }

    /// The code and the reason with which the server closes the socket, and the
    /// messages before it.
    pub async fn last_words(&mut self) -> (u16, String, Vec<Value>) {
        let words = async {
            let mut messages = Vec::new();
            loop {
                match self.frame().await {
                    Message::Close(frame) => {
                        let frame = frame.expect("a reason");
                        return (frame.code.into(), frame.reason.to_string(), messages);
                    }
                    Message::Text(text) => messages.push(serde_json::from_str(&text).unwrap()),
                    _ => {}
                }
            }
        };
        timeout(PATIENCE, words).await.expect("a close in time")
    }

    /// The next message; none if the server closes the socket instead.
    pub async fn message(&mut self) -> Option<Value> {
        let message = async {
            loop {
                match self.frame().await {
                    Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                    Message::Close(_) => return None,
                    _ => {}
                }
            }
        };
        // Around the loop: the server's heartbeat is a frame too.
        timeout(PATIENCE, message).await.expect("a message in time")
    }

    async fn frame(&mut self) -> Message {
        self.0.next().await.expect("an open socket").unwrap()
    }

    /// Sends pings for a while without reading; gives how many.
    pub async fn flood(&mut self, time: Duration) -> usize {
        let mut sent = 0;
        let end = tokio::time::Instant::now() + time;
        while tokio::time::Instant::now() < end {
            let ping = self.0.feed(Message::Ping(vec![0; 100].into()));
            if !matches!(tokio::time::timeout_at(end, ping).await, Ok(Ok(()))) {
                break;
            }
            sent += 1;
        }
        sent
    }
}
