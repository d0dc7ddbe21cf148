//! `afterEventId`: going on where one was.

use serde_json::json;

use super::{FOLLOW, follow, heard, id, number, stored, tell};
use crate::support::{Server, Socket, TestDealer};

/// The numbers of the next events.
async fn numbers(socket: &mut Socket, count: usize) -> Vec<i64> {
    let mut numbers = Vec::new();
    for _ in 0..count {
        numbers.push(number(&heard(socket).await));
    }
    numbers
}

/// The code with which a subscription behind `after` is refused.
async fn refusal(server: &Server, dealer: &TestDealer, after: &str) -> String {
    let mut socket = server.socket(dealer).await;
    let variables = json!({ "after": after });
    socket.subscribe("late", FOLLOW, variables).await;
    let word = socket.next().await;
    assert_eq!(word["type"], "next", "{word:#}");
    let code = &word["payload"]["errors"][0]["extensions"]["code"];
    let code = code.as_str().unwrap().to_owned();
    assert_eq!(socket.next().await["type"], "complete");
    code
}

#[tokio::test]
async fn who_comes_back_misses_nothing_and_hears_nothing_twice() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = follow(&server, &dealer, None).await;
    socket.settle().await;
    tell(&server, &dealer, 3).await;
    assert_eq!(numbers(&mut socket, 3).await, [1, 2, 3]);
    drop(socket);
    // More than one page while nobody listens.
    tell(&server, &dealer, 250).await;
    let mut socket = follow(&server, &dealer, Some(&id(3))).await;
    assert_eq!(
        numbers(&mut socket, 250).await,
        (4..=253).collect::<Vec<_>>()
    );
    // And live from there.
    tell(&server, &dealer, 2).await;
    assert_eq!(numbers(&mut socket, 2).await, [254, 255]);
    socket.settle().await;
    // From the very first one, too.
    let mut first = follow(&server, &dealer, Some(&id(0))).await;
    assert_eq!(
        numbers(&mut first, 255).await,
        (1..=255).collect::<Vec<_>>()
    );
    first.settle().await;
}

#[tokio::test]
async fn events_that_are_committed_while_one_catches_up_come_once() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    tell(&server, &dealer, 500).await;
    let mut sockets = Vec::new();
    for after in [0, 100, 499, 500] {
        sockets.push((after, follow(&server, &dealer, Some(&id(after))).await));
        tell(&server, &dealer, 7).await;
    }
    let last = 500 + 4 * 7;
    for (after, socket) in &mut sockets {
        let count = usize::try_from(last - *after).unwrap();
        let expected: Vec<i64> = (*after + 1..=last).collect();
        assert_eq!(numbers(socket, count).await, expected);
        socket.settle().await;
    }
}

#[tokio::test]
async fn a_server_may_go_and_another_come() {
    let mut first = Server::start().await;
    let dealer = first.dealer().await;
    let mut socket = follow(&first, &dealer, None).await;
    socket.settle().await;
    let product = dealer.add_product("A").await;
    let last = heard(&mut socket).await;
    first.stop();
    assert_eq!(socket.close_code().await, 1001);
    first.stopped().await;

    let second = Server::start().await;
    let dealer = TestDealer {
        client: second.client_of(&dealer),
        ..dealer
    };
    let product = dealer.rename(&product, "While nobody listens").await;
    let mut socket = follow(&second, &dealer, Some(&last)).await;
    assert_eq!(number(&heard(&mut socket).await), number(&last) + 1);
    dealer.rename(&product, "Live again").await;
    assert_eq!(number(&heard(&mut socket).await), number(&last) + 2);
    socket.settle().await;
}

#[tokio::test]
async fn what_is_no_id_or_not_kept_is_refused_in_words() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    tell(&server, &dealer, 5).await;
    for wrong in ["", "5", "evt_5", "prd_0000000000000001"] {
        assert_eq!(refusal(&server, &dealer, wrong).await, "BAD_USER_INPUT");
    }
    // An id that was not given yet is one of a dealer's former life.
    assert_eq!(refusal(&server, &dealer, &id(6)).await, "EVENTS_PRUNED");
    let delete = format!("DELETE FROM {}.events WHERE id <= 3", dealer.schema);
    let owner = crate::support::owner().await;
    owner.execute(&delete, &[]).await.unwrap();
    assert_eq!(refusal(&server, &dealer, &id(2)).await, "EVENTS_PRUNED");
    let mut socket = follow(&server, &dealer, Some(&id(3))).await;
    assert_eq!(numbers(&mut socket, 2).await, [4, 5]);
    // All are gone; who has had the last one has missed nothing.
    let delete = format!("DELETE FROM {}.events", dealer.schema);
    owner.execute(&delete, &[]).await.unwrap();
    assert_eq!(refusal(&server, &dealer, &id(4)).await, "EVENTS_PRUNED");
    let mut socket = follow(&server, &dealer, Some(&id(5))).await;
    socket.settle().await;
    tell(&server, &dealer, 1).await;
    assert_eq!(numbers(&mut socket, 1).await, [6]);
    assert_eq!(stored(&dealer).await, [6]);
}
