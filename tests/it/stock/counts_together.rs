//! A count while many move what is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::{ADJUST, Yard, key, line};

/// Who moves goods meanwhile.
const CLIENTS: usize = 16;
/// What they move, and what is counted.
const PRODUCTS: usize = 6;

#[tokio::test]
async fn sixteen_move_goods_while_they_are_counted_and_posted() {
    let yard = Arc::new(Yard::open().await);
    let mut products = Vec::new();
    for index in 0..PRODUCTS {
        let id = yard.product(&format!("P-{index}")).await;
        yard.put(&id, "1000", "4").await;
        products.push(id);
    }
    let products = Arc::new(products);
    let is_over = Arc::new(AtomicBool::new(false));
    let works = (0..CLIENTS).map(|who| {
        let (yard, products) = (Arc::clone(&yard), Arc::clone(&products));
        let is_over = Arc::clone(&is_over);
        tokio::spawn(async move { work(&yard, &products, who, &is_over).await })
    });
    let works: Vec<_> = works.collect();
    let opened = yard
        .count(
            "stockCountOpen",
            json!({ "warehouseId": yard.warehouses[0] }),
        )
        .await;
    let id = opened["stockCount"]["id"].clone();
    let mut latest = Value::Null;
    for (index, product) in products.iter().enumerate() {
        let found = (700 + index).to_string();
        let lines = json!([{ "productId": product, "quantity": { "value": found } }]);
        let recorded = yard
            .count("stockCountRecord", json!({ "id": id, "lines": lines }))
            .await;
        latest = recorded["stockCount"]["version"].clone();
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
    let posted = yard
        .count(
            "stockCountPost",
            json!({ "id": id, "expectedVersion": latest }),
        )
        .await;
    assert_eq!(posted["userErrors"], json!([]), "{posted:#}");
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    is_over.store(true, Ordering::Relaxed);
    let mut done = 0;
    for work in futures_util::future::join_all(works).await {
        done += work.unwrap();
    }
    assert!(done > CLIENTS, "{done} movements");
    assert_counted(&yard).await;
    yard.books_are_right().await;
}

/// Takes and brings until it is over; gives how often it did.
async fn work(yard: &Yard, products: &[String], who: usize, is_over: &AtomicBool) -> usize {
    let mut done = 0;
    for round in 0.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let at = |offset: usize| &products[(who * 5 + round * 3 + offset) % PRODUCTS];
        // As much comes as goes, so that there is always enough.
        let (one, other) = if (who + round).is_multiple_of(2) {
            ("IN", "OUT")
        } else {
            ("OUT", "IN")
        };
        let lines = [line(at(0), one, "1", None), line(at(2), other, "1", None)];
        let input = json!({ "warehouseId": yard.warehouses[0], "reason": "LOSS", "lines": lines,
            "idempotencyKey": key() });
        let answer = yard.client().send(ADJUST, json!({ "input": input })).await;
        match answer.body.get("errors") {
            None => {
                let errors = &answer.body["data"]["stockAdjust"]["userErrors"];
                assert_eq!(errors, &json!([]));
                done += 1;
            }
            Some(_) => assert_eq!(answer.code(), "OVERLOADED", "{:#}", answer.body),
        }
    }
    done
}

/// Fails unless of each product there is what was counted, and what moved afterwards.
async fn assert_counted(yard: &Yard) {
    let query = "SELECT v.on_hand::text, (l.counted + coalesce((SELECT sum(m.quantity) FROM {}.stock_movements m
            WHERE m.product_id = l.product_id AND m.warehouse_id = l.warehouse_id
              AND m.number > l.watermark AND m.kind <> 'COUNT'), 0))::text,
            (SELECT count(*) FROM {}.stock_movements m WHERE m.product_id = l.product_id
              AND m.number > l.watermark AND m.kind <> 'COUNT')
        FROM {}.stock_count_lines l
        JOIN {}.stock_levels v ON v.product_id = l.product_id AND v.warehouse_id = l.warehouse_id";
    let query = query.replace("{}", &yard.dealer.schema);
    let rows = crate::support::owner()
        .await
        .query(&query, &[])
        .await
        .unwrap();
    assert_eq!(rows.len(), PRODUCTS);
    let mut moved = 0;
    for row in rows {
        let (is, should): (String, String) = (row.get(0), row.get(1));
        assert_eq!(super::decimal(&is), super::decimal(&should));
        moved += row.get::<_, i64>(2);
    }
    assert!(moved > 0, "nothing moved after it was counted");
}
