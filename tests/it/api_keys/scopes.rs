//! Keys do what their scopes say, as far as their makers can do it themselves.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::auth::role::BuiltInRole;

use super::{ADD_UNIT, Key, UNITS, create, shop};
use crate::permissions::matrix::refused_with;
use crate::permissions::operations::operation;
use crate::permissions::schema::{Field, Needs, Schema};
use crate::support::{Client, Server, Socket, TestDealer, until};

/// What is promised, and some for a machine that has other work.
const SOON: Duration = Duration::from_millis(1500);
const PRODUCTS: &str = "{ products(first: 1) { nodes { sku } } }";
const WATCH: &str = "subscription { productChanged { product { sku } } }";

async fn key_for(client: &Client, scopes: &[&str]) -> Key {
    let made = create(client, json!({ "name": "Till", "scopes": scopes })).await;
    assert_eq!(made["userErrors"], json!([]));
    Key::of(&made, client)
}

async fn socket(server: &Server, key: &Key) -> Socket {
    let mut socket = Socket::open(&server.url).await;
    socket.init(&key.secret).await;
    socket
}

/// The code with which an operation on a socket is refused; none if it was answered.
async fn on(socket: &mut Socket, id: &str, document: &str, variables: Value) -> String {
    socket.subscribe(id, document, variables).await;
    let message = socket.next().await;
    let code = &message["payload"]["errors"][0]["extensions"]["code"];
    assert_eq!(socket.next().await["type"], "complete");
    code.as_str().unwrap_or("none").to_owned()
}

fn needing_permission() -> Vec<(Field, Permission)> {
    let operations = Schema::served().operations().into_iter();
    let needing = operations.filter_map(|(field, needs)| match needs {
        Needs::Permission(permission) => Some((field, permission)),
        Needs::Nothing | Needs::Token => None,
    });
    needing.collect()
}

#[tokio::test]
async fn a_key_that_reads_products_does_nothing_else() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    dealer.add_product("SAND").await;
    let key = key_for(&dealer.client, &["products:read"]).await;
    let data = key.client.get(PRODUCTS).await;
    assert_eq!(data["products"]["nodes"][0]["sku"], "SAND");
    let mut socket = socket(&server, &key).await;
    let mut refused = 0;
    for (number, (field, permission)) in needing_permission().into_iter().enumerate() {
        if permission == Permission::ProductsRead {
            continue;
        }
        let (operation, place) = (operation(&field), field.path());
        let (document, variables) = (&operation.document, &operation.variables);
        // Subscriptions are for sockets alone.
        if field.object != "Subscription" {
            let answer = key.client.send(document, variables.clone()).await;
            let code = refused_with(&answer, &field);
            assert_eq!(code.as_deref(), Some("FORBIDDEN"), "{place}");
            assert_eq!(answer.statements(), 0, "{place}");
        }
        let id = number.to_string();
        let code = on(&mut socket, &id, document, variables.clone()).await;
        assert_eq!(code, "FORBIDDEN", "{place}");
        refused += 1;
    }
    assert!(refused > 30, "{refused}");
    assert_eq!(on(&mut socket, "read", PRODUCTS, json!({})).await, "none");
    // Fields below products that are of another permission, too.
    let nested = "{ products(first: 1) { nodes { baseUnit { code } } } }";
    let answer = key.client.send(nested, json!({})).await;
    assert_eq!(answer.code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_key_watches_what_its_scopes_let_it_read() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let units = key_for(&dealer.client, &["units:read"]).await;
    let mut blind = socket(&server, &units).await;
    assert_eq!(on(&mut blind, "live", WATCH, json!({})).await, "FORBIDDEN");
    let products = key_for(&dealer.client, &["products:read"]).await;
    let mut sees = socket(&server, &products).await;
    sees.subscribe("live", WATCH, json!({})).await;
    sees.settle().await;
    dealer.add_product("NEW").await;
    let event = sees.next().await;
    let sku = &event["payload"]["data"]["productChanged"]["product"]["sku"];
    assert_eq!(sku, "NEW");
}

/// A till's key, and a clerk who made it and can read products and units.
struct Clerk {
    server: Server,
    dealer: TestDealer,
    user: String,
    role: String,
    key: Key,
}

impl Clerk {
    async fn with_a_key() -> Self {
        let server = Server::start().await;
        let dealer = server.attended().await;
        let can = [
            Permission::ProductsRead,
            Permission::UnitsManage,
            Permission::ApiKeysManage,
        ];
        let can = PermissionSet::of(&can).with_included();
        let role = server.role(&dealer, can).await;
        let member = server.member(&dealer, &[role]).await;
        let client = server.signed_in(&dealer, member.user).await;
        let key = key_for(&client, &["products:read", "units:manage"]).await;
        Self {
            server,
            dealer,
            user: member.user.to_string(),
            role: role.to_string(),
            key,
        }
    }

    /// Waits until the key is refused at units; it reads products all the same.
    async fn has_lost_units(&self) {
        let began = Instant::now();
        until("the scope is gone", async || {
            self.key.client.send(UNITS, json!({})).await.code() == "FORBIDDEN"
        })
        .await;
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        self.key.client.get(PRODUCTS).await;
    }
}

#[tokio::test]
async fn a_scope_that_the_makers_role_loses_the_key_loses() {
    let clerk = Clerk::with_a_key().await;
    assert_eq!(
        clerk.key.client.get(ADD_UNIT).await["unitCreate"]["userErrors"],
        json!([])
    );
    let mut socket = socket(&clerk.server, &clerk.key).await;
    socket.subscribe("live", WATCH, json!({})).await;
    socket.settle().await;
    let update = "mutation($input: RoleUpdateInput!) {
        roleUpdate(input: $input) { userErrors { code } } }";
    let input = json!({ "id": clerk.role, "expectedVersion": 1,
        "permissions": ["products:read", "api_keys:manage"] });
    let owner = &clerk.dealer.client;
    let data = owner.run(update, json!({ "input": input })).await;
    assert_eq!(data["roleUpdate"]["userErrors"], json!([]));
    clerk.has_lost_units().await;
    assert_eq!(socket.close_code().await, 4403);
}

#[tokio::test]
async fn a_scope_that_its_maker_loses_with_a_role_the_key_loses() {
    let clerk = Clerk::with_a_key().await;
    clerk.key.client.get(UNITS).await;
    let drivers = PermissionSet::of(&[Permission::ProductsRead]);
    let role = clerk.server.role(&clerk.dealer, drivers).await;
    let set = "mutation($input: MemberRolesSetInput!) {
        memberRolesSet(input: $input) { userErrors { code } } }";
    let input = json!({ "userId": clerk.user, "expectedVersion": 1,
        "roles": [role.to_string()] });
    let owner = &clerk.dealer.client;
    let data = owner.run(set, json!({ "input": input })).await;
    assert_eq!(data["memberRolesSet"]["userErrors"], json!([]));
    clerk.has_lost_units().await;
}

#[tokio::test]
async fn nobody_makes_a_key_that_may_more_than_he() {
    let clerk = Clerk::with_a_key().await;
    let user = clerk.user.parse().unwrap();
    let client = clerk.server.signed_in(&clerk.dealer, user).await;
    for scope in ["stock:read", "products:manage", "api_keys:manage"] {
        let made = create(&client, json!({ "name": "More", "scopes": [scope] })).await;
        assert!(made["secret"].is_null());
        let path = &made["userErrors"][0]["path"];
        assert_eq!(*path, json!(["input", "scopes"]), "{scope}: {made:#}");
    }
    // Not even one who may everything gives a key what is for people.
    let admin = [BuiltInRole::Admin.into()];
    let admin = clerk.server.member(&clerk.dealer, &admin).await.user;
    let admin = clerk.server.signed_in(&clerk.dealer, admin).await;
    let made = create(&admin, json!({ "name": "x", "scopes": ["members:manage"] })).await;
    assert!(made["secret"].is_null(), "{made:#}");
}
