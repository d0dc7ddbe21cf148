//! `tubex demo`'s histories: they add up, and are the same for the same seed.

use serde_json::json;
use tubex::demo::history::{Plan, check};

use super::{PLAN, Shop, differences, grounds, seasoned};
use crate::support::Server;

#[tokio::test]
async fn a_history_holds_the_proofs_of_a_shop() {
    let shop = Shop::open().await;
    let made = shop.made;
    assert!((500..1_000).contains(&made.lines), "{made:?}");
    assert!(made.orders > 80 && made.deliveries > 60, "{made:?}");
    assert!(made.invoices > 20 && made.payments > 10, "{made:?}");
    let found = differences(&shop.dealer).await;
    assert_eq!(found, json!({ "stockReconcile": [], "salesReconcile": [] }));
    let mut tx = grounds(&shop.server).look(shop.dealer.id).await.unwrap();
    check(&mut tx).await.unwrap();
    // Some of it is not delivered, not billed or not paid yet.
    for (what, sql) in [
        (
            "open orders",
            "SELECT count(*) FROM @orders WHERE state = 'CONFIRMED' AND fulfilment = 'NONE'",
        ),
        (
            "reserved",
            "SELECT count(*) FROM @stock_reservations WHERE open > 0",
        ),
        (
            "closed orders",
            "SELECT count(*) FROM @orders WHERE state = 'CLOSED'",
        ),
        (
            "late",
            "SELECT count(*) FROM @account_items WHERE settled_on > due_on",
        ),
        (
            "commitments",
            "SELECT count(*) FROM @credit_commitments WHERE amount > 0",
        ),
        (
            "low",
            "SELECT count(*) FROM @stock_levels WHERE reorder_point IS NOT NULL",
        ),
    ] {
        assert_ne!(shop.number(sql).await, "0", "{what}");
    }
    // The commitments are those of lines that are not invoiced.
    let committed = shop
        .number("SELECT sum(amount) FROM @credit_commitments")
        .await;
    let lines = "SELECT sum(net - invoiced_net) FROM @order_lines";
    assert_eq!(committed, shop.number(lines).await);
    // What is written next goes on with the numbers.
    let counter = shop
        .number("SELECT last FROM @document_counters WHERE kind = 'ord'")
        .await;
    assert_eq!(counter, made.orders.to_string());
    let large =
        "SELECT max(s) > sum(s) / 4 FROM (SELECT sum(net) s FROM @orders GROUP BY customer_id) o";
    assert_eq!(shop.number(large).await, "true");
}

#[tokio::test]
async fn the_same_seed_makes_the_same_history() {
    let server = Server::start().await;
    let mut told = Vec::new();
    for seed in [1, 1, 2] {
        let plan = Plan { seed, ..PLAN };
        let (dealer, made) = seasoned(&server, plan).await;
        let orders = "{ orders(first: 200) { nodes { number totals { net { amount } } } } }";
        let sales = "{ salesSummary(by: MONTH, from: \"2020-01-01\", to: \"2029-12-01\") {
            total { net { amount } cost { amount } lines } } }";
        let mut data = dealer.client.run(sales, json!({})).await;
        data["orders"] = dealer.client.run(orders, json!({})).await["orders"].clone();
        told.push((made, data));
    }
    assert_eq!(told[0], told[1]);
    assert_ne!(told[0], told[2]);
}

#[tokio::test]
async fn a_shop_is_filled_once() {
    let shop = Shop::open().await;
    let grounds = grounds(&shop.server);
    let again = grounds.fill(
        shop.dealer.id,
        &tubex::demo::data::DEALERS[1],
        Some((PLAN, None)),
    );
    assert_eq!(again.await.unwrap(), None);
}
