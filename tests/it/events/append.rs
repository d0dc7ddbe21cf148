//! How events are written.

use std::sync::Arc;

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};
use tubex::db::observe::StatementCount;
use tubex::tenancy::Access;

use super::{begin, fact, follow, heard, number, stored, tell};
use crate::support::{Server, owner};

#[tokio::test]
async fn fifty_writers_leave_no_gap_and_are_heard_in_order() {
    const WRITERS: usize = 50;
    const EACH: usize = 6;
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = follow(&server, &dealer, None).await;
    socket.settle().await;
    tell(&server, &dealer, 1).await;
    assert_eq!(number(&heard(&mut socket).await), 1);
    let writers = (0..WRITERS).map(async |writer| {
        let mut kept = 0;
        for round in 0..EACH {
            let mut tx = begin(&server, &server.app.tenants, dealer.id).await;
            tx.batch_execute("SELECT count(*) FROM products")
                .await
                .unwrap();
            for _ in 0..=round % 3 {
                tx.emit(&fact("written"));
            }
            // A third takes it back, some of them by going away.
            match (writer + round) % 6 {
                0 => tx.rollback().await.unwrap(),
                1 => drop(tx),
                _ => {
                    tx.commit().await.unwrap();
                    kept += 1 + round % 3;
                }
            }
        }
        kept
    });
    let kept: usize = futures_util::future::join_all(writers).await.iter().sum();
    let last = i64::try_from(kept).unwrap() + 1;
    assert!(kept > WRITERS * EACH, "{kept}");
    assert_eq!(stored(&dealer).await, (1..=last).collect::<Vec<_>>());
    for expected in 2..=last {
        assert_eq!(number(&heard(&mut socket).await), expected);
    }
    socket.settle().await;
}

#[tokio::test]
async fn an_event_says_who_did_what_in_which_request() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("A").await;
    dealer.rename(&product, "Cement").await;
    let query = format!(
        "SELECT name, version, entity, payload::text, actor, request_id IS NOT NULL, \
         'prd_' || replace(entity_id::text, '-', '') FROM {}.events ORDER BY id",
        dealer.schema
    );
    let rows = owner().await.query(&query, &[]).await.unwrap();
    let said: Vec<(String, i16, String)> = rows
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect();
    let kind = |name: &str| (name.to_owned(), 1, "product".to_owned());
    assert_eq!(said, [kind("product.created"), kind("product.updated")]);
    let payload: Value = serde_json::from_str(&rows[1].get::<_, String>(3)).unwrap();
    let expected =
        json!({ "product": product.id, "sku": "A", "name": "Cement", "recordVersion": 2 });
    assert_eq!(payload, expected);
    assert_eq!(rows[1].get::<_, String>(4), dealer.owner.to_string());
    assert!(rows[1].get::<_, bool>(5));
    assert_eq!(rows[1].get::<_, String>(6), product.id);
}

#[tokio::test]
async fn events_cost_two_statements_and_none_cost_nothing() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    for (events, statements) in [(0, 1), (1, 3), (40, 3)] {
        let context = server.app.directory.admit_system(dealer.id, "test").await;
        let count = StatementCount::default();
        let context = Arc::new(context.unwrap());
        let begun = server.app.tenants.begin(context, Access::Write, &count);
        let mut tx = begun.await.unwrap();
        tx.batch_execute("SELECT count(*) FROM products")
            .await
            .unwrap();
        for _ in 0..events {
            tx.emit(&fact("one of many"));
        }
        tx.commit().await.unwrap();
        assert_eq!(count.get(), statements, "{events}");
    }
    assert_eq!(stored(&dealer).await.len(), 41);
}

#[tokio::test]
async fn a_transaction_of_nothing_but_events_is_one_too() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    tell(&server, &dealer, 2).await;
    assert_eq!(stored(&dealer).await, [1, 2]);
}

#[tokio::test]
async fn what_failed_before_leaves_no_event() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut tx = begin(&server, &server.app.tenants, dealer.id).await;
    tx.emit(&fact("of a failure"));
    assert!(tx.batch_execute("SELECT 1 / 0").await.is_err());
    assert!(tx.commit().await.is_err());
    assert_eq!(stored(&dealer).await, [0_i64; 0]);
    let mut tx = begin(&server, &server.app.tenants, dealer.id).await;
    for _ in 0..10_001 {
        tx.emit(&fact("too many"));
    }
    assert!(tx.commit().await.is_err());
    tell(&server, &dealer, 1).await;
    assert_eq!(stored(&dealer).await, [1]);
}
