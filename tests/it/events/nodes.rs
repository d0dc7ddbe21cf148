//! Several nodes on one database. Those of tests/it/redis.rs share a Redis, too.

use std::time::{Duration, Instant};

use super::{begin, fact, follow, heard, number, silent_pool, tell};
use crate::support::Server;

#[tokio::test]
async fn nodes_without_redis_hear_each_other_over_the_database() {
    let (here, there) = (Server::start().await, Server::start().await);
    let dealer = here.dealer().await;
    let mut near = follow(&here, &dealer, None).await;
    let mut far = follow(&there, &dealer, None).await;
    near.settle().await;
    far.settle().await;
    tell(&here, &dealer, 1).await;
    assert_eq!(heard(&mut near).await, heard(&mut far).await);
    let began = Instant::now();
    for expected in 2..22 {
        let teller = if expected % 2 == 0 { &here } else { &there };
        tell(teller, &dealer, 1).await;
        assert_eq!(number(&heard(&mut near).await), expected);
        assert_eq!(number(&heard(&mut far).await), expected);
    }
    // Without hints each would wait for half a second, on average.
    assert!(
        began.elapsed() < Duration::from_secs(6),
        "{:?}",
        began.elapsed()
    );
    near.settle().await;
    far.settle().await;
}

#[tokio::test]
async fn what_nobody_hinted_at_is_found_all_the_same() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = follow(&server, &dealer, None).await;
    socket.settle().await;
    let killed = silent_pool(&server);
    for expected in 1..=3 {
        let mut tx = begin(&server, &killed, dealer.id).await;
        tx.emit(&fact("by a node that was killed after its COMMIT"));
        let committed = Instant::now();
        tx.commit().await.unwrap();
        assert_eq!(number(&heard(&mut socket).await), expected);
        // Within a second, and some for a loaded machine.
        assert!(committed.elapsed() < Duration::from_secs(5));
    }
    // The next one that is hinted at brings along what was not.
    let mut tx = begin(&server, &killed, dealer.id).await;
    tx.emit(&fact("not hinted at"));
    tx.commit().await.unwrap();
    tell(&server, &dealer, 1).await;
    assert_eq!(number(&heard(&mut socket).await), 4);
    assert_eq!(number(&heard(&mut socket).await), 5);
    socket.settle().await;
}

#[tokio::test]
async fn subscribers_outlive_connections_that_are_cut() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = follow(&server, &dealer, None).await;
    socket.settle().await;
    tell(&server, &dealer, 1).await;
    assert_eq!(number(&heard(&mut socket).await), 1);
    let owner = crate::support::owner().await;
    for round in 2..5 {
        // All that listen for hints, those of other tests too, which is the same to them.
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE application_name = 'tubex events'";
        owner.execute(cut, &[]).await.unwrap();
        tell(&server, &dealer, 1).await;
        assert_eq!(number(&heard(&mut socket).await), round);
    }
}
