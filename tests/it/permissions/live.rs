//! Role edits count on every node within a second, and for open sockets.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::auth::role::RoleCode;
use tubex::kernel::clock::Clock;

use crate::support::{Client, Server, Socket, TestDealer, owner_of, until};

/// What is promised, and some for a machine that has other work.
const SOON: Duration = Duration::from_millis(1500);
const STOCK: &str = "{ stockLevels(first: 1) { totalCount } }";
const UPDATE: &str = "mutation($input: RoleUpdateInput!) {
    roleUpdate(input: $input) { role { version } userErrors { code } } }";

/// Two nodes on one database, and a member with a role of the dealer's own that
/// allows to see products and stock.
struct Nodes {
    one: Server,
    two: Server,
    dealer: TestDealer,
    role: RoleCode,
    on_one: Client,
    on_two: Client,
}

impl Nodes {
    async fn start() -> Self {
        let one = Server::start().await;
        let two = Server::start_on(&one.database, Clock::system(), |_settings| {}).await;
        for node in [&one, &two] {
            until("changes are heard of", async || {
                node.app.directory.is_current()
            })
            .await;
        }
        let dealer = one.dealer().await;
        let both = PermissionSet::of(&[Permission::ProductsRead, Permission::StockRead]);
        let role = one.role(&dealer, both).await;
        let member = one.member(&dealer, &[role]).await;
        let on_two = two.client_as(&dealer, member.user, &[role], None);
        Self {
            one,
            two,
            dealer,
            role,
            on_one: member.client,
            on_two,
        }
    }

    async fn allow(&self, version: i32, permissions: &[&str]) {
        let input = json!({ "id": self.role.to_string(), "expectedVersion": version,
            "permissions": permissions });
        let data = self
            .dealer
            .client
            .run(UPDATE, json!({ "input": input }))
            .await;
        assert_eq!(data["roleUpdate"]["userErrors"], json!([]));
    }

    /// Waits until both nodes answer so; fails if that takes too long.
    async fn both_answer(&self, code: &str) {
        let began = Instant::now();
        for client in [&self.on_one, &self.on_two] {
            until("the change is heard of", async || {
                client.send(STOCK, json!({})).await.code() == code
            })
            .await;
        }
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_changed_role_counts_on_both_nodes_within_a_second() {
    let nodes = Nodes::start().await;
    nodes.both_answer("none").await;
    nodes.allow(1, &["products:read"]).await;
    nodes.both_answer("FORBIDDEN").await;
    nodes.allow(2, &["products:read", "stock:adjust"]).await;
    nodes.both_answer("none").await;
    // The same token all the while, and nothing is asked of the database for it.
    let reads = nodes.two.app.directory.reads();
    for _ in 0..20 {
        let answer = nodes
            .on_two
            .send("{ products(first: 1) { nodes { id } } }", json!({}))
            .await;
        assert_eq!(answer.statements(), 1);
    }
    assert!(nodes.two.app.directory.reads() <= reads + 1);
}

/// As by hand, or by a restored dump: the database tells, not the program.
#[tokio::test]
async fn a_role_deleted_by_hand_allows_nothing_any_more() {
    let nodes = Nodes::start().await;
    nodes.both_answer("none").await;
    let RoleCode::Custom(id) = nodes.role else {
        panic!("a role of the dealer's own");
    };
    let sql = format!("DELETE FROM platform.roles WHERE id = '{}'", id.uuid());
    owner_of(&nodes.one.database)
        .await
        .batch_execute(&sql)
        .await
        .unwrap();
    nodes.both_answer("FORBIDDEN").await;
}

#[tokio::test]
async fn sockets_of_those_who_may_less_close_and_others_stay() {
    let nodes = Nodes::start().await;
    let subscription = "subscription { productChanged { product { sku } } }";
    let mut sockets = Vec::new();
    for client in [&nodes.on_two, &nodes.two.client_of(&nodes.dealer)] {
        let mut socket = Socket::open(&nodes.two.url).await;
        socket.init(client.token().unwrap()).await;
        socket.subscribe("1", subscription, json!({})).await;
        socket.settle().await;
        sockets.push(socket);
    }
    nodes.allow(1, &["stock:read"]).await;
    let began = Instant::now();
    // Without a word to the subscription, so that the client takes it up again.
    let (code, reason, messages) = sockets[0].last_words().await;
    assert_eq!((code, messages), (4403, Vec::new()), "{reason}");
    assert!(began.elapsed() < SOON);
    sockets[1].settle().await;
}

#[tokio::test]
async fn a_role_that_is_gone_is_left_out_of_what_a_viewer_is() {
    let nodes = Nodes::start().await;
    let viewer = "{ viewer { permissions roles { id } } }";
    let before = nodes.on_one.get(viewer).await;
    assert_eq!(
        before["viewer"]["permissions"],
        json!(["products:read", "stock:read"])
    );
    let sql = format!(
        "DELETE FROM platform.roles WHERE dealer_id = '{}'",
        nodes.dealer.id.uuid()
    );
    owner_of(&nodes.one.database)
        .await
        .batch_execute(&sql)
        .await
        .unwrap();
    until("the role is gone", async || {
        nodes.on_one.get(viewer).await["viewer"]["roles"] == Value::Array(Vec::new())
    })
    .await;
}
