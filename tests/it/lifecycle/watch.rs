//! The log of changes, when nobody is notified.

use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use tokio_postgres::Client;
use tubex::config::DatabaseSettings;
use tubex::db::changes::{ChangeFeed, Dealers};
use tubex::kernel::ids::DealerId;

use super::{UNITS, apart};
use crate::support::{Server, TestDealer, owner_of, until};

/// A node's second pair of ears.
async fn feed(server: &Server, database: &DatabaseSettings) -> ChangeFeed {
    let url = database.database_owner_url.expose_secret();
    ChangeFeed::open(&server.app.core.connector, url)
        .await
        .unwrap()
}

fn rename(dealer: &TestDealer, name: &str) -> String {
    let schema = &dealer.schema;
    format!("UPDATE platform.dealers SET name = '{name}' WHERE schema_name = '{schema}'")
}

async fn missed(feed: &mut ChangeFeed) -> Vec<DealerId> {
    match feed.catch_up().await.unwrap().dealers {
        Dealers::These(mut dealers) => {
            dealers.sort_unstable();
            dealers
        }
        Dealers::Anybody => panic!("too many"),
    }
}

#[tokio::test]
async fn each_change_is_read_once_in_whatever_order_they_commit() {
    let (database, server) = apart("watch_order").await;
    let (slow, fast) = (server.dealer().await, server.dealer().await);
    let (first, second) = (owner_of(&database).await, owner_of(&database).await);
    let mut feed = feed(&server, &database).await;
    assert_eq!(missed(&mut feed).await, []);
    // Begun before the other, and committed after it.
    first
        .batch_execute(&format!("BEGIN; {}", rename(&slow, "Slow")))
        .await
        .unwrap();
    second.batch_execute(&rename(&fast, "Fast")).await.unwrap();
    assert_eq!(missed(&mut feed).await, [fast.id]);
    assert_eq!(missed(&mut feed).await, []);
    first.batch_execute("COMMIT").await.unwrap();
    assert_eq!(missed(&mut feed).await, [slow.id]);
    assert_eq!(missed(&mut feed).await, []);
    // What is undone has not happened, and what is no change is none.
    let undone = format!("BEGIN; {}; ROLLBACK", rename(&slow, "Undone"));
    first.batch_execute(&undone).await.unwrap();
    first.batch_execute(&rename(&slow, "Slow")).await.unwrap();
    assert_eq!(missed(&mut feed).await, []);
}

#[tokio::test]
async fn rows_of_a_restored_database_hide_nothing() {
    let (database, server) = apart("watch_restored").await;
    let dealer = server.dealer().await;
    let owner = owner_of(&database).await;
    let mut feed = feed(&server, &database).await;
    // As brought along from a server whose ids were far ahead.
    let relic = "INSERT INTO platform.dealer_changes (xid, dealer_id, at)
        SELECT 9000000000000 + n, gen_random_uuid(), now() - interval '1 day'
        FROM generate_series(1, 2000) n";
    owner.batch_execute(relic).await.unwrap();
    assert_eq!(missed(&mut feed).await, []);
    owner
        .batch_execute(&rename(&dealer, "Heard"))
        .await
        .unwrap();
    assert_eq!(missed(&mut feed).await, [dealer.id]);
    feed.tidy().await.unwrap();
    let left: i64 = owner
        .query_one(
            "SELECT count(*) FROM platform.dealer_changes WHERE xid > 9000000000000",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn too_many_changes_are_anybodys() {
    let (database, server) = apart("watch_many").await;
    let owner = owner_of(&database).await;
    let mut feed = feed(&server, &database).await;
    let many = "INSERT INTO platform.dealer_changes (dealer_id)
        SELECT gen_random_uuid() FROM generate_series(1, 1001)";
    owner.batch_execute(many).await.unwrap();
    assert_eq!(feed.catch_up().await.unwrap().dealers, Dealers::Anybody);
    assert_eq!(missed(&mut feed).await, []);
}

#[tokio::test]
async fn a_spare_is_told_of_when_it_is_claimed() {
    let (database, server) = apart("watch_spare").await;
    let owner = owner_of(&database).await;
    let mut feed = feed(&server, &database).await;
    let stock = "INSERT INTO platform.dealers
            (id, name, schema_name, status, currency, timezone, created_at)
        VALUES ('00000000-0000-7000-8000-000000000001', 'Spare', 't_spare0001', 'SPARE', 'USD', 'UTC', now());
        UPDATE platform.dealers SET schema_version = '1' WHERE status = 'SPARE'";
    owner.batch_execute(stock).await.unwrap();
    assert_eq!(missed(&mut feed).await, []);
    let claim = "UPDATE platform.dealers SET status = 'PROVISIONING', name = 'Claimed'
        WHERE status = 'SPARE'";
    owner.batch_execute(claim).await.unwrap();
    feed.heard().await.unwrap();
    let [dealer] = missed(&mut feed).await[..] else {
        panic!("one spare was claimed");
    };
    assert!(dealer.uuid().to_string().ends_with("0001"));
}

#[tokio::test]
async fn notifications_are_a_reason_to_read_and_not_believed() {
    let (database, server) = apart("watch_forged").await;
    let dealer = server.dealer().await;
    let owner = owner_of(&database).await;
    let mut feed = feed(&server, &database).await;
    // As a dealer's role may say, with no entry of the log behind it.
    for number in 0..100 {
        let forged =
            format!("NOTIFY tubex_dealers, '{number}'; NOTIFY tubex_revocations, 'USER {number}'");
        owner.batch_execute(&forged).await.unwrap();
    }
    owner.batch_execute(&rename(&dealer, "True")).await.unwrap();
    feed.heard().await.unwrap();
    let read = feed.catch_up().await.unwrap();
    assert_eq!(read.dealers, Dealers::These(vec![dealer.id]));
    assert_eq!(read.revocations, Vec::<String>::new());
    // What is heard together is one reason: there may be some more of them on
    // their way, but no hundred.
    let mut reasons = 0;
    let pause = Duration::from_millis(100);
    while tokio::time::timeout(pause, feed.heard()).await.is_ok() {
        reasons += 1;
    }
    assert!(reasons < 10, "{reasons}");
}

/// As behind a pooler that swallows notifications.
async fn silence(owner: &Client) {
    let silent = "CREATE OR REPLACE FUNCTION platform.note_dealer_change() RETURNS trigger
        LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO platform.dealer_changes (dealer_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
            RETURN NULL;
        END $$";
    owner.batch_execute(silent).await.unwrap();
}

#[tokio::test]
async fn without_notifications_the_log_tells_as_well() {
    let (database, server) = apart("watch_silent").await;
    let dealer = server.dealer().await;
    let owner = owner_of(&database).await;
    silence(&owner).await;
    until("changes are heard of", async || {
        server.app.directory.is_current()
    })
    .await;
    dealer.client.get(UNITS).await;
    let name = "{ viewer { dealer { name } } }";
    owner.batch_execute(&rename(&dealer, "Anew")).await.unwrap();
    let at = Instant::now();
    until("the new name is seen", async || {
        dealer.client.get(name).await["viewer"]["dealer"]["name"] == "Anew"
    })
    .await;
    let seen = at.elapsed();
    println!("without notifications: seen after {seen:?}");
    assert!(seen < Duration::from_millis(1500));
}
