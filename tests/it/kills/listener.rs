//! Somebody who follows a shop and goes on behind the last event, whatever happens.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::buyer::Shop;
use super::stage::Stage;
use crate::support::until_within;

const FOLLOW: &str = "subscription($after: ID) { productChanged(afterEventId: $after) {
    eventId } }";

/// What was heard so far, in the order in which it was.
type Heard = Arc<Mutex<Vec<String>>>;

/// A follower of one shop.
pub struct Listener {
    heard: Heard,
    task: JoinHandle<()>,
}

impl Listener {
    pub fn start(stage: &Stage, shop: &Shop) -> Self {
        let heard = Heard::default();
        let (urls, token) = (stage.urls(), shop.token.clone());
        let listen = listen(urls, token, shop.before.clone(), Arc::clone(&heard));
        Self {
            heard,
            task: tokio::spawn(listen),
        }
    }

    /// Waits until the last of `told` is heard; it must be these, each once, in order.
    pub async fn has_heard(self, told: &[String]) {
        let patience = Duration::from_mins(1);
        until_within(patience, "the listener has heard all", async || {
            self.heard.lock().unwrap().len() >= told.len()
        })
        .await;
        self.task.abort();
        assert_eq!(*self.heard.lock().unwrap(), told);
    }
}

/// Comes again for as long as the test lasts, to one server after the other.
async fn listen(urls: [String; 2], token: String, before: String, heard: Heard) {
    for url in urls.iter().cycle() {
        // It has been killed: that is what this is about.
        let _gone = follow(url, &token, &before, &heard).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn follow(url: &str, token: &str, before: &str, heard: &Heard) -> Result<(), Error> {
    let url = format!("{}/graphql", url.replace("http://", "ws://"));
    let mut request = url.into_client_request()?;
    let protocol = "graphql-transport-ws".parse().unwrap();
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _response) = tokio_tungstenite::connect_async(request).await?;
    let authorization = json!({ "authorization": format!("Bearer {token}") });
    let init = json!({ "type": "connection_init", "payload": authorization });
    socket.send(Message::text(init.to_string())).await?;
    let last = heard.lock().unwrap().last().cloned();
    let after = last.unwrap_or_else(|| before.to_owned());
    let payload = json!({ "query": FOLLOW, "variables": { "after": after } });
    let mut subscribe = Some(json!({ "type": "subscribe", "id": "1", "payload": payload }));
    while let Some(frame) = socket.next().await {
        let Message::Text(text) = frame? else {
            continue;
        };
        let message: Value = serde_json::from_str(&text).unwrap();
        match message["type"].as_str().unwrap() {
            "connection_ack" => {
                if let Some(subscribe) = subscribe.take() {
                    socket.send(Message::text(subscribe.to_string())).await?;
                }
            }
            "ping" => {
                let pong = json!({ "type": "pong" });
                socket.send(Message::text(pong.to_string())).await?;
            }
            "next" => {
                let id = &message["payload"]["data"]["productChanged"]["eventId"];
                // An error ends the subscription, and we begin anew.
                let Some(id) = id.as_str() else { break };
                heard.lock().unwrap().push(id.to_owned());
            }
            _ => break,
        }
    }
    Ok(())
}
