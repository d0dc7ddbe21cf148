//! Nodes that keep numbers together in a real Redis, and get along without it.

use std::time::Duration;

use serde_json::json;
use tubex::demo::data::DEALERS;

use super::{board, cache, low, misses, want};
use crate::redis::Redis;
use crate::support::{Client, Server, TestDealer, until_within};

/// Redis is left alone for some seconds after it was away.
const LONG: Duration = Duration::from_mins(1);

/// Two nodes on one Redis, and a dealer of both.
struct Nodes {
    redis: Redis,
    servers: [Server; 2],
    dealer: TestDealer,
    other: Client,
}

async fn node(redis: &Redis) -> Server {
    let url = redis.url();
    Server::start_with(|settings| settings.redis_url = Some(url.into())).await
}

impl Nodes {
    async fn start() -> Self {
        let redis = Redis::start().await;
        let servers = [node(&redis).await, node(&redis).await];
        let dealer = servers[0].dealer_like(&DEALERS[0]).await;
        let other = servers[1].client_of(&dealer);
        Self {
            redis,
            servers,
            dealer,
            other,
        }
    }

    /// A node that knows nothing yet.
    async fn another(&self) -> Server {
        node(&self.redis).await
    }

    /// Values that the other node has found in Redis.
    fn shared(&self) -> u64 {
        cache(&self.servers[1]).figures().shared_hits.get()
    }

    /// Waits until the other node finds in Redis what the first has worked out.
    async fn share_again(&self) {
        until_within(LONG, "nodes share what they work out", async || {
            let shared = self.shared();
            want(&self.dealer, Some("1000000")).await;
            low(&self.dealer.client).await;
            low(&self.other).await;
            self.shared() > shared
        })
        .await;
    }

    async fn keys(&self) -> Vec<String> {
        let client = redis::Client::open(self.redis.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut ask = redis::cmd("KEYS");
        ask.arg("tubex:cache:*");
        ask.query_async(&mut connection).await.unwrap()
    }
}

#[tokio::test]
async fn what_one_node_has_worked_out_another_need_not() {
    let nodes = Nodes::start().await;
    nodes.share_again().await;
    let (mine, _) = board(&nodes.dealer.client).await;
    // A busy machine may leave Redis no time for one of them.
    until_within(LONG, "another node works nothing out", async || {
        let (fresh, fresher) = (nodes.another().await, nodes.another().await);
        board(&fresh.client_of(&nodes.dealer)).await;
        let (theirs, cost) = board(&fresher.client_of(&nodes.dealer)).await;
        assert_eq!(theirs, mine);
        cost == 2 && misses(&fresher) == 0
    })
    .await;
    let theirs = board(&nodes.other).await.0;
    // What has happened since, the other node knows by its snapshot.
    want(&nodes.dealer, None).await;
    let before = theirs["lowStockCount"].as_i64().unwrap();
    assert_eq!(low(&nodes.other).await, before - 1);
    assert_eq!(low(&nodes.dealer.client).await, before - 1);
    let keys = nodes.keys().await;
    let id = nodes.dealer.id.to_string();
    assert!(keys.len() >= 6, "{keys:?}");
    assert!(keys.iter().all(|key| key.contains(&id)), "{keys:?}");
}

#[tokio::test]
async fn a_dealers_numbers_in_redis_are_nobody_elses() {
    let nodes = Nodes::start().await;
    let empty = nodes.servers[0].dealer().await;
    let same = nodes.servers[1].client_of(&empty);
    want(&nodes.dealer, Some("1000000")).await;
    for _ in 0..2 {
        assert!(low(&nodes.dealer.client).await > 0);
        assert_eq!(low(&same).await, 0);
        assert!(low(&nodes.other).await > 0);
        assert_eq!(low(&empty.client).await, 0);
    }
}

#[tokio::test]
async fn without_redis_numbers_are_as_right_and_no_request_fails() {
    let mut nodes = Nodes::start().await;
    nodes.share_again().await;
    want(&nodes.dealer, None).await;
    let before = low(&nodes.dealer.client).await;
    nodes.redis.kill();
    for _ in 0..8 {
        want(&nodes.dealer, Some("1000000")).await;
        assert_eq!(low(&nodes.other).await, before + 1);
        assert_eq!(low(&nodes.dealer.client).await, before + 1);
        want(&nodes.dealer, None).await;
        assert_eq!(low(&nodes.dealer.client).await, before);
        assert_eq!(low(&nodes.other).await, before);
    }
    for server in &nodes.servers {
        let (failures, is_away) = cache(server).redis().unwrap();
        // Then it is left alone for a while.
        assert!((5..=20).contains(&failures), "{failures}");
        assert!(is_away);
    }
    nodes.redis.run().await;
    nodes.share_again().await;
    let (_, is_away) = cache(&nodes.servers[1]).redis().unwrap();
    assert!(!is_away);
}

#[tokio::test]
async fn what_redis_holds_is_believed_only_if_it_fits() {
    let nodes = Nodes::start().await;
    nodes.share_again().await;
    let right = low(&nodes.dealer.client).await;
    let client = redis::Client::open(nodes.redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    for key in nodes.keys().await {
        let mut put = redis::cmd("SET");
        let nonsense = json!({ "span": { "since": 0, "through": 0 }, "text": "4711" });
        put.arg(&key).arg(nonsense.to_string());
        let () = put.query_async(&mut connection).await.unwrap();
    }
    let third = nodes.another().await;
    assert_eq!(low(&third.client_of(&nodes.dealer)).await, right);
}
