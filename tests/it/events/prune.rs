//! Old events go, in batches and from the oldest on.

use chrono::TimeDelta;
use tubex::kernel::clock::Clock;
use tubex::tenancy::outbox::Pruner;
use tubex::tenancy::schema_name::SchemaName;

use super::{stored, tell};
use crate::support::{Server, TestDealer, owner};

async fn prune(server: &Server, dealer: &TestDealer, kept: TimeDelta) -> usize {
    let pruner = Pruner {
        kept,
        ..server.app.event_pruner()
    };
    let schema: SchemaName = dealer.schema.parse().unwrap();
    let owner = server.app.core.owner.clone();
    owner
        .run(move |conn| pruner.prune(conn, &schema, None))
        .await
        .unwrap()
}

/// Makes the events up to this one older.
async fn age(dealer: &TestDealer, upto: i64) {
    let age = format!(
        "UPDATE {}.events SET at = at - interval '8 days' WHERE id <= {upto}",
        dealer.schema
    );
    owner().await.execute(&age, &[]).await.unwrap();
}

#[tokio::test]
async fn what_is_older_goes_and_the_rest_has_no_gap() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let week = TimeDelta::days(7);
    assert_eq!(prune(&server, &dealer, week).await, 0);
    tell(&server, &dealer, 2500).await;
    assert_eq!(prune(&server, &dealer, week).await, 0);
    // More than two batches.
    age(&dealer, 2100).await;
    // Out of order, as a transaction that took long may leave it.
    let young = format!(
        "UPDATE {}.events SET at = now() WHERE id = 2050",
        dealer.schema
    );
    owner().await.execute(&young, &[]).await.unwrap();
    assert_eq!(prune(&server, &dealer, week).await, 2049);
    assert_eq!(stored(&dealer).await, (2050..=2500).collect::<Vec<_>>());
    assert_eq!(prune(&server, &dealer, week).await, 0);
    tell(&server, &dealer, 1).await;
    assert_eq!(stored(&dealer).await.last(), Some(&2501));
}

#[tokio::test]
async fn every_dealer_has_his_minute() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    tell(&server, &dealer, 3).await;
    age(&dealer, 2).await;
    let share = i64::from_str_radix(&dealer.schema[2..4], 16).unwrap();
    let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let minute = now.timestamp() / 60;
    let until = (share - minute).rem_euclid(256);
    // A week and a day ago, events of today are not yet old.
    let of = |minutes: i64| Pruner {
        clock: Clock::fixed(now + TimeDelta::minutes(minutes)),
        kept: now - server.clock.now() + TimeDelta::days(7),
        ..server.app.event_pruner()
    };
    of(until + 1).prune_share().await.unwrap();
    assert_eq!(stored(&dealer).await, [1, 2, 3]);
    let pruned = of(until).prune_share().await.unwrap();
    assert!(pruned.dealers >= 1 && pruned.events >= 2, "{pruned:?}");
    assert_eq!(stored(&dealer).await, [3]);
}
