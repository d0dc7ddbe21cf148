//! Role edits count on every node within a second, and for open sockets.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::auth::role::{BuiltInRole, RoleCode};
use tubex::kernel::clock::Clock;

use crate::lifecycle::apart;
use crate::support::{Client, Server, Socket, TestDealer, owner_of, until};

/// What is promised, and some for a machine that has other work.
const SOON: Duration = Duration::from_millis(1500);
const STOCK: &str = "{ stockLevels(first: 1) { totalCount } }";
const PRODUCTS: &str = "{ products(first: 1) { totalCount } }";
const LIVE: &str = "subscription { productChanged { product { sku } } }";
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
        Self::beside(Server::start().await).await
    }

    /// As [`Nodes::start`], on a database of their own, which a test may harm.
    async fn apart(name: &'static str) -> Self {
        let (_database, one) = apart(name).await;
        Self::beside(one).await
    }

    async fn beside(one: Server) -> Self {
        let two = Server::start_on(&one.database, Clock::system(), |_settings| {}).await;
        for node in [&one, &two] {
            until("changes are heard of", async || {
                node.app.directory.is_current()
            })
            .await;
        }
        let dealer = one.attended().await;
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

    async fn by_hand(&self, sql: &str) {
        let owner = owner_of(&self.one.database).await;
        owner.batch_execute(sql).await.unwrap();
    }

    /// A socket on the second node, on which products are watched.
    async fn live(&self, client: &Client) -> Socket {
        let mut socket = Socket::open(&self.two.url).await;
        socket.init(client.token().unwrap()).await;
        socket.subscribe("1", LIVE, json!({})).await;
        socket.settle().await;
        socket
    }

    /// Takes products away from the role: both nodes refuse them, and the socket of
    /// whoever has it closes, all within what is promised.
    async fn lose_products(&self) {
        let mut socket = self.live(&self.on_two).await;
        self.both_answer_to(PRODUCTS, "none").await;
        self.allow(1, &["stock:read"]).await;
        let began = Instant::now();
        self.both_answer_to(PRODUCTS, "FORBIDDEN").await;
        closed_without_a_word(&mut socket).await;
        let closed = began.elapsed();
        assert!(closed < SOON, "{closed:?}");
    }

    async fn both_answer(&self, code: &str) {
        self.both_answer_to(STOCK, code).await;
    }

    /// Waits until both nodes answer so; fails if that takes too long.
    async fn both_answer_to(&self, query: &str, code: &str) {
        let began = Instant::now();
        for client in [&self.on_one, &self.on_two] {
            until("the change is heard of", async || {
                client.send(query, json!({})).await.code() == code
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
    let id = id.uuid();
    nodes
        .by_hand(&format!("DELETE FROM platform.roles WHERE id = '{id}'"))
        .await;
    nodes.both_answer("FORBIDDEN").await;
}

/// Without a word to the subscription, so that the client takes it up again.
async fn closed_without_a_word(socket: &mut Socket) {
    let (code, reason, messages) = socket.last_words().await;
    assert_eq!((code, messages), (4403, Vec::new()), "{reason}");
}

#[tokio::test]
async fn sockets_of_those_who_may_less_close_and_others_stay() {
    let nodes = Nodes::start().await;
    let owner = nodes.two.client_of(&nodes.dealer);
    let mut other = nodes.live(&owner).await;
    nodes.lose_products().await;
    other.settle().await;
}

/// As behind a pooler that swallows notifications: the log is read, all the same.
#[tokio::test]
async fn without_notifications_a_changed_role_counts_as_soon() {
    let nodes = Nodes::apart("roles_unheard").await;
    let silent = "CREATE OR REPLACE FUNCTION platform.note_dealer_change() RETURNS trigger
        LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO platform.dealer_changes (dealer_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
            RETURN NULL;
        END $$";
    nodes.by_hand(silent).await;
    nodes.lose_products().await;
}

/// The log of dealers is gone, without which no watch begins.
#[tokio::test]
async fn without_a_watch_a_changed_role_counts_as_soon() {
    let nodes = Nodes::apart("roles_unwatched").await;
    let away = "CREATE OR REPLACE FUNCTION platform.note_dealer_change() RETURNS trigger
        LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        ALTER TABLE platform.dealer_changes RENAME TO away";
    nodes.by_hand(away).await;
    for node in [&nodes.one, &nodes.two] {
        until("the watch is silent", async || {
            !node.app.directory.is_current()
        })
        .await;
    }
    nodes.lose_products().await;
}

/// Other roles are another membership: its tokens end, and their sockets.
#[tokio::test]
async fn a_member_with_other_roles_is_signed_out_on_both_nodes() {
    let nodes = Nodes::start().await;
    let member = nodes
        .one
        .member(&nodes.dealer, &[BuiltInRole::Sales.into()])
        .await;
    let token = member.client.token().unwrap();
    let on_two = nodes.two.anonymous().with_token(token);
    let mut socket = nodes.live(&on_two).await;
    let set = "mutation($input: MemberRolesSetInput!) {
        memberRolesSet(input: $input) { userErrors { code } } }";
    let input = json!({ "userId": member.user.to_string(), "expectedVersion": 1,
        "roles": ["driver"] });
    let data = nodes
        .dealer
        .client
        .run(set, json!({ "input": input }))
        .await;
    assert_eq!(data["memberRolesSet"]["userErrors"], json!([]));
    let began = Instant::now();
    for client in [&member.client, &on_two] {
        until("the token is refused", async || {
            client.send(PRODUCTS, json!({})).await.code() == "UNAUTHENTICATED"
        })
        .await;
    }
    closed_without_a_word(&mut socket).await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
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
    let id = nodes.dealer.id.uuid();
    let all = format!("DELETE FROM platform.roles WHERE dealer_id = '{id}'");
    nodes.by_hand(&all).await;
    until("the role is gone", async || {
        nodes.on_one.get(viewer).await["viewer"]["roles"] == Value::Array(Vec::new())
    })
    .await;
}
