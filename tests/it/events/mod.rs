//! Events: written with their COMMIT, numbered without a gap, heard once and in order
//! by whoever goes on behind the last one, whatever stops in between.

mod append;
mod catalogue;
mod guarded;
mod many;
mod nodes;
mod one_trip;
mod prune;
mod resume;
mod slow;
mod transfer;

use std::sync::Arc;

use serde_json::json;
use tubex::app::request_pool;
use tubex::db::observe::StatementCount;
use tubex::dealer::catalog::products::events::{ProductFacts, ProductUpdated};
use tubex::dealer::catalog::products::model::ProductId;
use tubex::events::EventBus;
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::DealerId;
use tubex::tenancy::{Access, TenantPool, TenantTx};

use crate::support::{Server, Socket, TestDealer, owner};

const FOLLOW: &str = "subscription($after: ID) { productChanged(afterEventId: $after) {
    eventId event } }";

/// A fact that can be told of any product, whether there is one or not.
fn fact(name: &str) -> ProductUpdated {
    ProductUpdated(ProductFacts {
        product: ProductId::generate(),
        sku: "SKU".to_owned(),
        name: name.to_owned(),
        record_version: 1,
    })
}

/// A writing transaction of the system at a dealer.
async fn begin(server: &Server, pool: &TenantPool, dealer: DealerId) -> TenantTx {
    let context = server.app.directory.admit_system(dealer, "test").await;
    let count = StatementCount::default();
    let begun = pool.begin(Arc::new(context.unwrap()), Access::Write, &count);
    begun.await.unwrap()
}

/// Tells so many facts in one transaction.
async fn tell(server: &Server, dealer: &TestDealer, facts: usize) {
    let mut tx = begin(server, &server.app.tenants, dealer.id).await;
    for number in 0..facts {
        tx.emit(&fact(&number.to_string()));
    }
    tx.commit().await.unwrap();
}

/// A pool as that of another node which hints at nothing: as if it were killed each
/// time between COMMIT and hint.
fn silent_pool(server: &Server) -> TenantPool {
    let connector = &server.app.core.connector;
    let settings = request_pool(&server.database);
    TenantPool::new(connector, settings, EventBus::local(), Clock::system())
}

/// Ids of all events in the dealer's table, in order.
async fn stored(dealer: &TestDealer) -> Vec<i64> {
    let query = format!("SELECT id FROM {}.events ORDER BY id", dealer.schema);
    let rows = owner().await.query(&query, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// A subscriber who goes on behind `after`, or begins now.
async fn follow(server: &Server, dealer: &TestDealer, after: Option<&str>) -> Socket {
    follow_as(server, server.client_of(dealer).token().unwrap(), after).await
}

/// As [`follow`], with this token.
async fn follow_as(server: &Server, token: &str, after: Option<&str>) -> Socket {
    let mut socket = Socket::open(&server.url).await;
    socket.init(token).await;
    let variables = after.map_or(json!({}), |after| json!({ "after": after }));
    socket.subscribe("live", FOLLOW, variables).await;
    socket
}

/// The id of the next event.
async fn heard(socket: &mut Socket) -> String {
    let next = socket.next().await;
    let id = &next["payload"]["data"]["productChanged"]["eventId"];
    id.as_str().unwrap_or_else(|| panic!("{next:#}")).to_owned()
}

/// The number behind an event's id.
fn number(id: &str) -> i64 {
    i64::from_str_radix(id.strip_prefix("evt_").unwrap(), 16).unwrap()
}

/// The id with this number.
fn id(number: i64) -> String {
    format!("evt_{number:016x}")
}
