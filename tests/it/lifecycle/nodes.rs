//! Two nodes on one database: how soon the one hears what the other did.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{UNITS, apart, init_refused, node, order, write};
use crate::support::{Server, Socket, TestDealer, owner_of, until};

const CHANGED: &str = "subscription { productChanged { eventId } }";
/// What is promised, and some for a machine that has other work.
const SOON: Duration = Duration::from_millis(1500);

async fn is_current(server: &Server) {
    until("changes are heard of", async || {
        server.app.directory.is_current()
    })
    .await;
}

/// A socket of the dealer's on that node, with two operations at work.
async fn socket(server: &Server, dealer: &TestDealer) -> Socket {
    let mut socket = Socket::open(&server.url).await;
    socket.init(server.client_of(dealer).token().unwrap()).await;
    for id in ["one", "two"] {
        socket.subscribe(id, CHANGED, json!({})).await;
    }
    socket.settle().await;
    socket
}

/// Reads to the end; gives when that was.
async fn told_and_closed(socket: &mut Socket, code: &str) -> Instant {
    for id in ["one", "two"] {
        let message = socket.next().await;
        assert_eq!(
            (&message["type"], &message["id"]),
            (&json!("error"), &json!(id))
        );
        assert_eq!(message["payload"][0]["extensions"]["code"], code);
    }
    assert_eq!(socket.close_code().await, 4403);
    Instant::now()
}

/// How long until the node refuses the dealer's changes.
async fn until_refused(server: &Server, dealer: &TestDealer, since: Instant) -> Duration {
    let client = server.client_of(dealer);
    until("the other node refuses", async || {
        write(&client).await.code() == "DEALER_SUSPENDED"
    })
    .await;
    since.elapsed()
}

async fn suspend(server: &Server, dealer: &TestDealer) -> Instant {
    server
        .app
        .core
        .lifecycle
        .suspend(&order(dealer.id))
        .await
        .unwrap();
    Instant::now()
}

#[tokio::test]
async fn a_suspension_is_heard_of_on_all_nodes_within_a_second() {
    let (database, here) = apart("life_nodes").await;
    let there = node(&database).await;
    is_current(&there).await;
    let dealer = here.dealer().await;
    let mut open = socket(&there, &dealer).await;
    there.client_of(&dealer).get(UNITS).await;
    let at = suspend(&here, &dealer).await;
    let (refused, closed) = tokio::join!(
        until_refused(&there, &dealer, at),
        told_and_closed(&mut open, "DEALER_SUSPENDED")
    );
    let closed = closed - at;
    println!("after a suspension: changes refused {refused:?}, socket closed {closed:?}");
    assert!(refused < SOON && closed < SOON);
    // Coming back is refused, reading is not.
    let client = there.client_of(&dealer);
    assert_eq!(init_refused(&there, &client).await, 4403);
    client.get(UNITS).await;
    let life = &here.app.core.lifecycle;
    life.resume(&order(dealer.id)).await.unwrap();
    until("he is open again", async || {
        write(&client).await.code() == "none"
    })
    .await;
    socket(&there, &dealer).await;
}

#[tokio::test]
async fn archiving_closes_sockets_too() {
    let (database, here) = apart("life_nodes_archive").await;
    let there = node(&database).await;
    is_current(&there).await;
    let dealer = here.dealer().await;
    let other = here.dealer().await;
    let mut open = socket(&there, &dealer).await;
    let mut others = socket(&there, &other).await;
    here.app
        .core
        .lifecycle
        .archive(&order(dealer.id))
        .await
        .unwrap();
    told_and_closed(&mut open, "DEALER_NOT_ACTIVE").await;
    // Nobody else's.
    others.settle().await;
}

#[tokio::test]
async fn a_suspension_is_heard_of_though_the_connection_has_just_been_killed() {
    let (database, here) = apart("life_nodes_killed").await;
    let there = node(&database).await;
    is_current(&there).await;
    let dealer = here.dealer().await;
    let mut open = socket(&there, &dealer).await;
    there.client_of(&dealer).get(UNITS).await;
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'tubex watch'";
    let owner = owner_of(&database).await;
    let killed: i64 = owner.query_one(kill, &[]).await.unwrap().get(0);
    assert_eq!(killed, 2);
    let at = suspend(&here, &dealer).await;
    let (refused, closed) = tokio::join!(
        until_refused(&there, &dealer, at),
        told_and_closed(&mut open, "DEALER_SUSPENDED")
    );
    let closed = closed - at;
    println!("with the watch killed: changes refused {refused:?}, socket closed {closed:?}");
    assert!(refused < SOON && closed < SOON);
}

#[tokio::test]
async fn a_suspension_is_heard_of_though_the_connection_hangs() {
    use nix::sys::signal::{Signal, kill};
    let (database, here) = apart("life_nodes_hanging").await;
    let there = node(&database).await;
    is_current(&there).await;
    let dealer = here.dealer().await;
    let mut open = socket(&there, &dealer).await;
    there.client_of(&dealer).get(UNITS).await;
    let owner = owner_of(&database).await;
    let watches = "SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'tubex watch'";
    let pids: Vec<i32> = owner
        .query(watches, &[])
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    let signal = |signal: Signal| {
        for pid in &pids {
            kill(nix::unistd::Pid::from_raw(*pid), signal).unwrap();
        }
    };
    signal(Signal::SIGSTOP);
    let at = suspend(&here, &dealer).await;
    let (refused, closed) = tokio::join!(
        until_refused(&there, &dealer, at),
        told_and_closed(&mut open, "DEALER_SUSPENDED")
    );
    signal(Signal::SIGCONT);
    let closed = closed - at;
    println!("with the watch hanging: changes refused {refused:?}, socket closed {closed:?}");
    assert!(refused < SOON && closed < SOON);
}

#[tokio::test]
async fn a_request_in_steady_state_asks_nothing_about_its_dealer() {
    let (database, server) = apart("life_steady").await;
    is_current(&server).await;
    let dealers = [server.dealer().await, server.dealer().await];
    // Their registration is heard of twice: at once, and from the log.
    tokio::time::sleep(Duration::from_secs(1)).await;
    for dealer in &dealers {
        dealer.client.get(UNITS).await;
    }
    // Longer than anything could be believed without news.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let holder = owner_of(&database).await;
    holder
        .batch_execute(
            "BEGIN; LOCK TABLE platform.dealers, platform.users, platform.memberships
             IN ACCESS EXCLUSIVE MODE",
        )
        .await
        .unwrap();
    let reads = server.app.directory.reads();
    for _ in 0..50 {
        for dealer in &dealers {
            let data: Value = dealer.client.get(UNITS).await;
            assert_eq!(data["units"]["totalCount"], 27);
        }
    }
    assert_eq!(server.app.directory.reads(), reads);
    holder.batch_execute("ROLLBACK").await.unwrap();
}
