//! Two nodes that share their events over a real Redis.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Server, Socket, TestDealer, until};

const CHANGED: &str = "subscription { productChanged { eventId product { name } } }";

/// A Redis of a test's own. It keeps nothing, and ends with the test.
pub struct Redis {
    port: u16,
    dir: PathBuf,
    process: Option<Child>,
}

impl Redis {
    pub async fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("redis-{port}"));
        std::fs::create_dir_all(&dir).unwrap();
        let mut redis = Self {
            port,
            dir,
            process: None,
        };
        redis.run().await;
        redis
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts the process, on the same port as before.
    pub async fn run(&mut self) {
        let port = self.port.to_string();
        let settings = [
            "--port",
            &port,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ];
        let started = Command::new("redis-server")
            .args(settings)
            .arg("--dir")
            .arg(&self.dir)
            .stdout(Stdio::null())
            .spawn();
        self.process = Some(started.unwrap_or_else(|error| {
            panic!("redis-server: {error}; install it, as by `apt-get install -y redis-server`")
        }));
        until("Redis answers", async || self.listeners().await.is_some()).await;
    }

    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Nodes that listen; none if Redis does not answer.
    async fn listeners(&self) -> Option<i64> {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.ok()?;
        let mut ask = redis::cmd("PUBSUB");
        ask.arg("NUMSUB").arg("tubex:events");
        let (_channel, count): (String, i64) = ask.query_async(&mut connection).await.ok()?;
        Some(count)
    }

    /// Waits until both nodes listen.
    async fn is_shared(&self) {
        until("both nodes listen", async || {
            self.listeners().await == Some(2)
        })
        .await;
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
        // A folder that stays behind is in nobody's way.
        let _removed = std::fs::remove_dir_all(&self.dir);
    }
}

/// Two nodes on one Redis, and a dealer that both serve.
struct Nodes {
    redis: Redis,
    dealer: TestDealer,
    near: Socket,
    far: Socket,
    servers: [Server; 2],
}

impl Nodes {
    /// The dealer's client speaks to the first node; `near` is a subscriber
    /// there, `far` one on the other node.
    async fn start() -> Self {
        let redis = Redis::start().await;
        let url = redis.url();
        let node = || Server::start_with(|settings| settings.redis_url = Some(url.clone().into()));
        let (here, there) = (node().await, node().await);
        redis.is_shared().await;
        let dealer = here.dealer().await;
        let near = subscriber(&here, &dealer).await;
        let far = subscriber(&there, &dealer).await;
        Self {
            redis,
            dealer,
            near,
            far,
            servers: [here, there],
        }
    }
}

async fn subscriber(server: &Server, dealer: &TestDealer) -> Socket {
    let mut socket = Socket::open(&server.url).await;
    socket.init(server.client_of(dealer).token().unwrap()).await;
    socket.subscribe("live", CHANGED, json!({})).await;
    socket.settle().await;
    socket
}

/// The next event's id and the product's name.
async fn heard(socket: &mut Socket) -> (String, String) {
    let next = socket.next().await;
    let change = &next["payload"]["data"]["productChanged"];
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (text(&change["eventId"]), text(&change["product"]["name"]))
}

#[tokio::test]
async fn a_change_on_one_node_is_heard_on_both_exactly_once() {
    let mut nodes = Nodes::start().await;
    let mut product = nodes.dealer.add_product("A").await;
    let mut ids = Vec::new();
    for name in ["Goods A", "First", "Second"] {
        if name != "Goods A" {
            product = nodes.dealer.rename(&product, name).await;
        }
        // An event told twice would come in the place of the next one.
        let near = heard(&mut nodes.near).await;
        assert_eq!(near.1, name);
        assert_eq!(heard(&mut nodes.far).await, near);
        ids.push(near.0);
    }
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}

#[tokio::test]
async fn another_dealers_changes_stay_apart_between_nodes() {
    let mut nodes = Nodes::start().await;
    let other = nodes.servers[0].dealer().await;
    other.add_product("THEIRS").await;
    nodes.dealer.add_product("MINE").await;
    assert_eq!(heard(&mut nodes.far).await.1, "Goods MINE");
    assert_eq!(heard(&mut nodes.near).await.1, "Goods MINE");
}

#[tokio::test]
async fn nothing_is_lost_nor_said_twice_while_redis_is_away() {
    let mut nodes = Nodes::start().await;
    let product = nodes.dealer.add_product("A").await;
    heard(&mut nodes.near).await;
    heard(&mut nodes.far).await;
    nodes.redis.kill();
    let product = nodes.dealer.rename(&product, "Alone").await;
    let near = heard(&mut nodes.near).await;
    assert_eq!(near.1, "Alone");
    // The other node looks by itself.
    assert_eq!(heard(&mut nodes.far).await, near);
    nodes.redis.run().await;
    nodes.redis.is_shared().await;
    nodes.dealer.rename(&product, "Together").await;
    let near = heard(&mut nodes.near).await;
    assert_eq!(near.1, "Together");
    assert_eq!(heard(&mut nodes.far).await, near);
}

#[tokio::test]
async fn hints_come_before_the_next_look() {
    let mut nodes = Nodes::start().await;
    let mut product = nodes.dealer.add_product("A").await;
    heard(&mut nodes.far).await;
    let began = Instant::now();
    for number in 0..20 {
        product = nodes.dealer.rename(&product, &number.to_string()).await;
        assert_eq!(heard(&mut nodes.far).await.1, number.to_string());
    }
    // Without hints each would wait for half a second, on average.
    assert!(
        began.elapsed() < Duration::from_secs(6),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn a_restart_of_redis_while_nothing_happens_costs_no_event() {
    let mut nodes = Nodes::start().await;
    let product = nodes.dealer.add_product("A").await;
    heard(&mut nodes.far).await;
    nodes.redis.kill();
    nodes.redis.run().await;
    nodes.redis.is_shared().await;
    nodes.dealer.rename(&product, "After").await;
    assert_eq!(heard(&mut nodes.far).await.1, "After");
}

#[tokio::test]
async fn a_node_that_can_not_reach_redis_does_not_start() {
    // Port 1 belongs to a service that nobody runs.
    let url = "redis://:hush-hush@127.0.0.1:1";
    let started = tubex::events::EventBus::with_redis(url).await;
    let message = started.err().expect("no Redis, no link").to_string();
    assert!(message.starts_with("--redis-url: "), "{message}");
    assert!(!message.contains("hush-hush"), "{message}");
}

/// How often the owner of a dealer is let in by both nodes in turn, until both refuse him.
/// Each time takes five of his twenty units.
async fn admitted(nodes: &[Server; 2], dealer: &TestDealer) -> usize {
    let clients = [nodes[0].client_of(dealer), nodes[1].client_of(dealer)];
    let mut admitted = 0;
    for _ in 0..30 {
        let mut refused = 0;
        for client in &clients {
            let query = "{ viewer { user { id name email } } }";
            let answer = client.send(query, json!({})).await;
            refused += usize::from(answer.status == 429);
            admitted += usize::from(answer.status == 200);
        }
        if refused == 2 {
            break;
        }
    }
    admitted
}

#[tokio::test]
async fn nodes_count_rates_together_and_each_its_share_while_redis_is_away() {
    let mut redis = Redis::start().await;
    let url = redis.url();
    let node = || {
        Server::start_with(|settings| {
            settings.redis_url = Some(url.clone().into());
            settings.max_complexity = 20;
            settings.limits.rate_per_caller = 40;
        })
    };
    let nodes = [node().await, node().await];
    redis.is_shared().await;
    let (first, second) = (nodes[0].dealer().await, nodes[0].dealer().await);
    // Four times, and what comes back in the meantime.
    let together = admitted(&nodes, &first).await;
    assert!((4..=7).contains(&together), "{together}");
    // Each node knows by its heartbeat that there are two.
    tokio::time::sleep(Duration::from_secs(6)).await;
    redis.kill();
    // Twice at each.
    let apart = admitted(&nodes, &second).await;
    assert!((4..=7).contains(&apart), "{apart}");
    let client = nodes[0].client_of(&second);
    for _ in 0..5 {
        client.send("{ __typename }", json!({})).await;
    }
    assert!(nodes[0].app.rates.is_degraded());
}
