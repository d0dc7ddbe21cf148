//! Webhooks: signed, tried as the schedule says, lost by nobody who is killed, and sent
//! nowhere that strangers should not reach.

mod delivering;
mod endpoints;
mod feed;
mod guard;
mod health;
mod killed;
mod neighbours;
mod replay;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio_postgres::Client as Owner;
use tubex::app::webhooks::Couriers;
use tubex::config::ServerSettings;
use tubex::kernel::clock::Clock;

use crate::sms::bridge::Bridge;
use crate::support::{Client, Server, TestDealer, own_settings, owner_of, until};

const CREATE: &str =
    "mutation($input: WebhookEndpointCreateInput!) { webhookEndpointCreate(input: $input) {
    secret webhookEndpoint { id url events state signature publicKeys secretsInUse version }
    userErrors { code path message } } }";
const UPDATE: &str =
    "mutation($input: WebhookEndpointUpdateInput!) { webhookEndpointUpdate(input: $input) {
    webhookEndpoint { id url description events state version failingSince }
    userErrors { code path message } } }";
const DELETE: &str =
    "mutation($input: WebhookEndpointDeleteInput!) { webhookEndpointDelete(input: $input) {
    webhookEndpoint { id } userErrors { code path message } } }";
const ROTATE: &str = "mutation($input: WebhookEndpointSecretRotateInput!) { webhookEndpointSecretRotate(input: $input) {
    secret webhookEndpoint { id signature publicKeys secretsInUse } userErrors { code path message } } }";
const TEST: &str =
    "mutation($input: WebhookEndpointTestInput!) { webhookEndpointTest(input: $input) {
    webhookDelivery { id messageId state event } userErrors { code path message } } }";
const REPLAY: &str = "mutation($input: WebhookReplayInput!) { webhookReplay(input: $input) {
    count continueFrom userErrors { code path message } } }";
const LIST: &str =
    "{ webhookEndpoints { id url events state signature version failingSince restingUntil
    lastSuccessAt lastFailureAt deliveredCount failedCount } }";
const LOG: &str =
    "query($where: WebhookDeliveryWhere) { webhookDeliveries(first: 200, where: $where) {
    totalCount nodes { id endpointId messageId eventId event state dueAt body finishedAt
        attempts { number at status fault answer durationMs } } } }";

/// A server with a database of its own, whose webhooks go to this machine, and a dealer.
pub struct Depot {
    pub server: Server,
    pub dealer: TestDealer,
    pub sql: Owner,
}

/// A time that a test stands at.
pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

impl Depot {
    /// At a time that the test sets.
    pub async fn open(name: &'static str) -> Self {
        Self::open_with(name, Clock::fixed(noon()), |_settings| {}).await
    }

    pub async fn open_with(
        name: &'static str,
        clock: Clock,
        change: impl FnOnce(&mut ServerSettings),
    ) -> Self {
        let database = own_settings(name).await;
        let server = Server::start_on(&database, clock, |settings| {
            let webhooks = &mut settings.webhooks;
            webhooks.webhook_http = true;
            webhooks.webhook_networks = vec!["127.0.0.0/8".parse().unwrap()];
            settings.jobs.job_lease_s = std::time::Duration::from_secs(2);
            change(settings);
        })
        .await;
        let dealer = server.dealer().await;
        Self {
            sql: owner_of(&database).await,
            server,
            dealer,
        }
    }

    /// A client whose owner has just shown his password.
    pub async fn owner(&self) -> Client {
        signed_in(&self.server, &self.dealer).await
    }

    /// A client with a token that is good at this time.
    pub fn client(&self) -> Client {
        self.server.client_of(&self.dealer)
    }

    /// Begins to send.
    pub fn couriers(&self) -> Couriers {
        self.server.app.couriers().unwrap().unwrap()
    }

    /// An endpoint of the dealer's at a receiver, for these events; gives the payload.
    pub async fn endpoint(&self, receiver: &Bridge, events: &[&str]) -> Value {
        endpoint(&self.owner().await, &receiver.url, events).await
    }

    /// Tells an event of the dealer's.
    pub async fn tell(&self) {
        tell(&self.client()).await;
    }

    pub fn wait(&self, delta: TimeDelta) {
        self.server.clock.set(self.server.clock.now() + delta);
    }

    pub async fn listed(&self) -> Value {
        self.client().get(LIST).await["webhookEndpoints"].clone()
    }

    /// The log, the latest delivery first.
    pub async fn log(&self, filter: Value) -> Vec<Value> {
        let data = self.client().run(LOG, json!({ "where": filter })).await;
        data["webhookDeliveries"]["nodes"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// Waits until so many deliveries stand there.
    pub async fn until_log(&self, state: &str, count: usize) -> Vec<Value> {
        let filter = json!({ "state": state });
        until(&format!("{count} are {state}"), async || {
            self.log(filter.clone()).await.len() == count
        })
        .await;
        self.log(filter).await
    }

    pub async fn count(&self, query: &str) -> i64 {
        self.sql.query_one(query, &[]).await.unwrap().get(0)
    }
}

/// A client whose owner has just shown his password.
pub async fn signed_in(server: &Server, dealer: &TestDealer) -> Client {
    let login = server.login(dealer).await;
    dealer
        .client
        .with_token(login["accessToken"].as_str().unwrap())
}

pub async fn endpoint(client: &Client, url: &str, events: &[&str]) -> Value {
    let input = json!({ "url": url, "events": events });
    let made = run(client, CREATE, input).await;
    assert_eq!(made["userErrors"], json!([]), "{made}");
    made
}

/// Tells an event.
pub async fn tell(client: &Client) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let add =
        "mutation($input: UnitCreateInput!) { unitCreate(input: $input) { userErrors { code } } }";
    let unit =
        json!({ "code": format!("u{number}"), "name": "Unit", "dimension": "COUNT", "scale": 0 });
    let added = run(client, add, unit).await;
    assert_eq!(added["userErrors"], json!([]));
}

/// The payload of a mutation.
pub async fn run(client: &Client, mutation: &str, input: Value) -> Value {
    let data = client.run(mutation, json!({ "input": input })).await;
    let payload = data.as_object().unwrap().values().next();
    payload.unwrap().clone()
}

/// Code and field of the only refusal.
pub fn refusal(payload: &Value) -> (&str, &str) {
    let errors = payload["userErrors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{payload}");
    let field = errors[0]["path"][1].as_str().unwrap_or_default();
    (errors[0]["code"].as_str().unwrap(), field)
}

pub fn id(made: &Value) -> &str {
    made["webhookEndpoint"]["id"].as_str().unwrap()
}

/// Waits until a receiver has got so many.
pub async fn until_got(receiver: &Bridge, count: usize) {
    until(&format!("{count} have come"), async || {
        receiver.requests().len() >= count
    })
    .await;
}
