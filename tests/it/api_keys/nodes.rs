//! Two nodes on one database: what the one revokes, the other refuses.

use std::time::{Duration, Instant};

use tubex::config::DatabaseSettings;
use tubex::kernel::clock::Clock;

use super::{code, key, revoke, shop};
use crate::support::{Client, Server, own_settings, owner_of, until};

/// What is promised, and some for a machine that has other work.
const SOON: Duration = Duration::from_millis(1500);

async fn node(database: &DatabaseSettings) -> Server {
    let server = Server::start_on(database, Clock::system(), |_settings| {}).await;
    until("changes are heard of", async || {
        server.app.directory.is_current()
    })
    .await;
    server
}

async fn refused_after(client: &Client, since: Instant) -> Duration {
    until("the other node refuses", async || {
        code(client).await == "UNAUTHENTICATED"
    })
    .await;
    since.elapsed()
}

#[tokio::test]
async fn a_key_that_is_revoked_on_one_node_is_refused_on_all() {
    let database = own_settings("key_nodes").await;
    let (here, there) = (node(&database).await, node(&database).await);
    let dealer = shop(&here).await;
    let (one, two) = (key(&dealer).await, key(&dealer).await);
    let (one_there, two_there) = (one.at(&there), two.at(&there));
    for client in [&one.client, &two.client, &one_there, &two_there] {
        assert_eq!(code(client).await, "none");
    }
    let at = Instant::now();
    revoke(&dealer.client, &one.id).await;
    let took = refused_after(&one_there, at).await;
    assert!(took < SOON, "{took:?}");
    assert_eq!(code(&one.client).await, "UNAUTHENTICATED");
    assert_eq!(code(&two_there).await, "none");
    // By a statement of somebody else's, too.
    let at = Instant::now();
    let conn = owner_of(&database).await;
    conn.batch_execute("DELETE FROM platform.api_keys")
        .await
        .unwrap();
    let took = refused_after(&two_there, at).await;
    assert!(took < SOON, "{took:?}");
}
