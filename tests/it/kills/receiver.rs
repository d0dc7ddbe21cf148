//! A receiver of a shop's webhooks, which hears of everything at least once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::json;

use super::buyer::Shop;
use super::stage::Stage;
use crate::sms::bridge::{Bridge, Does};
use crate::support::{Client, until_within};

const CREATE: &str =
    "mutation($input: WebhookEndpointCreateInput!) { webhookEndpointCreate(input: $input) {
    webhookEndpoint { id } userErrors { message } } }";

/// Somebody who is told of a shop's products.
pub struct Receiver(Bridge);

impl Receiver {
    /// He fails now and then, as receivers do.
    pub async fn start(stage: &Stage, shop: &Shop) -> Self {
        let busy = Does::AnswerWith(503, "retry-after: 1");
        let bridge = Bridge::start(&[Does::Answer(500), Does::Answer(202), busy]).await;
        let client = Client::new(&stage.urls()[0], Some(shop.token.clone()));
        let input = json!({ "input": { "url": bridge.url, "events": ["product.*"] } });
        let made = client.run(CREATE, input).await;
        let errors = &made["webhookEndpointCreate"]["userErrors"];
        assert_eq!(*errors, json!([]));
        Self(bridge)
    }

    /// Waits until he knows of all of `told`, and of nothing else; what comes twice has
    /// the id that it had. Gives how much came.
    pub async fn has_got(&self, told: &[String]) -> usize {
        let told: BTreeSet<&str> = told.iter().map(String::as_str).collect();
        let patience = Duration::from_mins(2);
        until_within(patience, "the receiver has got all", async || {
            self.ids().len() >= told.len()
        })
        .await;
        let ids = self.ids();
        let got: BTreeSet<&str> = ids.keys().map(String::as_str).collect();
        assert_eq!(got, told);
        assert!(ids.values().all(|messages| messages.len() == 1));
        self.0.requests().len()
    }

    /// The ids of the messages about each event.
    fn ids(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for request in self.0.requests() {
            let event = request.body["eventId"].as_str().unwrap().to_owned();
            let message = request.header("webhook-id").to_owned();
            ids.entry(event).or_default().insert(message);
        }
        ids
    }
}
