//! A dealer's life: what may follow what, who hears of it, and how soon.

mod dropping;
mod nodes;
mod standing;
mod steps;
mod watch;

use serde_json::json;
use tubex::config::DatabaseSettings;
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::DealerId;
use tubex::platform::dealers::lifecycle::Order;

use crate::support::{Answer, Client, Server, Socket, TestDealer, own_settings};

/// What everybody may read.
const UNITS: &str = "{ units { totalCount } }";

fn order(dealer: DealerId) -> Order {
    Order {
        dealer,
        actor: "test".to_owned(),
        reason: Some("as agreed".to_owned()),
        expected: None,
    }
}

/// A database of the test's own, and a server on it.
pub async fn apart(name: &'static str) -> (DatabaseSettings, Server) {
    let database = own_settings(name).await;
    let server = node(&database).await;
    (database, server)
}

/// Another server on the database.
pub async fn node(database: &DatabaseSettings) -> Server {
    Server::start_on(database, Clock::system(), |_settings| {}).await
}

/// Tries to change something.
pub async fn write(client: &Client) -> Answer {
    let input = json!({ "code": "pile", "name": "Pile", "dimension": "COUNT", "scale": 0 });
    let create = "mutation($input: UnitCreateInput!) {
        unitCreate(input: $input) { unit { id } userErrors { code } } }";
    client.send(create, json!({ "input": input })).await
}

/// The code with which a socket of the client's is closed for its greeting.
async fn init_refused(server: &Server, client: &Client) -> u16 {
    let mut socket = Socket::open(&server.url).await;
    let token = format!("Bearer {}", client.token().unwrap());
    let payload = json!({ "authorization": token });
    socket
        .send(json!({ "type": "connection_init", "payload": payload }))
        .await;
    socket.close_code().await
}

/// A new dealer, suspended, as this node knows at once.
async fn suspended(server: &Server) -> TestDealer {
    let dealer = server.dealer().await;
    let life = &server.app.core.lifecycle;
    life.suspend(&order(dealer.id)).await.unwrap();
    server.app.directory.forget(dealer.id);
    dealer
}
