//! A websocket that follows a shop.

use std::time::Instant;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::node::Node;
use super::shop::Shop;

/// When an event had been read.
pub type Arrival = Instant;

pub struct Subscriber {
    /// The number of its shop.
    pub shop: usize,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Subscriber {
    /// Connects and subscribes.
    pub async fn open(node: &Node, shop: &Shop) -> Self {
        let url = node.url.replace("http://", "ws://");
        let mut request = url.into_client_request().unwrap();
        let protocol = "graphql-transport-ws".parse().unwrap();
        request
            .headers_mut()
            .insert("sec-websocket-protocol", protocol);
        let (socket, _response) = tokio_tungstenite::connect_async(request).await.unwrap();
        let mut subscriber = Self {
            shop: shop.number,
            socket,
        };
        let payload = json!({ "authorization": format!("Bearer {}", shop.token) });
        subscriber
            .say(json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(subscriber.next().await["type"], "connection_ack");
        let payload = json!({ "query": "subscription { productChanged { eventId } }" });
        subscriber
            .say(json!({ "type": "subscribe", "id": "1", "payload": payload }))
            .await;
        subscriber.say(json!({ "type": "ping" })).await;
        assert_eq!(subscriber.next().await["type"], "pong");
        subscriber
    }

    /// When each of so many events was read.
    pub async fn hear(mut self, events: usize) -> (Self, Vec<Arrival>) {
        let mut arrivals = Vec::with_capacity(events);
        while arrivals.len() < events {
            let message = self.next().await;
            match message["type"].as_str().unwrap() {
                "next" => arrivals.push(Instant::now()),
                "ping" => self.say(json!({ "type": "pong" })).await,
                other => assert_eq!(other, "next", "{message}"),
            }
        }
        (self, arrivals)
    }

    async fn say(&mut self, message: Value) {
        let frame = Message::text(message.to_string());
        self.socket.send(frame).await.unwrap();
    }

    async fn next(&mut self) -> Value {
        loop {
            let frame = self.socket.next().await.expect("an open socket").unwrap();
            if let Message::Text(text) = frame {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }
}
