//! The dashboard, goods that lie, and the fill rate.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Shop, pretend};
use crate::support::Server;

#[tokio::test]
async fn the_dashboard_costs_a_statement_a_field() {
    let shop = Shop::open().await;
    let query = "{ dashboard { day
        sales { today { net { amount } } yesterday { net { amount } margin { amount } }
                sameDayLastWeek { lines } }
        orders { count net { amount } }
        deliveries { planned dispatched delivered failed }
        openQuotes { count net { amount } }
        overdue { count customers amount { amount } }
        lowStockCount } }";
    let answer = shop.dealer.client.send(query, json!({})).await;
    let board = &answer.body["data"]["dashboard"];
    assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
    // What day it is, what has happened, and one for each of the six.
    assert_eq!(answer.statements(), 8);
    let today = shop.number("SELECT (now() AT TIME ZONE 'UTC')::date").await;
    assert_eq!(board["day"], json!(today));
    let text = |number: &Value| number.to_string();
    for (field, sql) in [
        (
            "/orders/count",
            "SELECT count(*) FROM @orders WHERE (created_at AT TIME ZONE 'UTC')::date = 'today'",
        ),
        (
            "/deliveries/planned",
            "SELECT count(*) FROM @deliveries WHERE planned_on = 'today' AND state = 'PLANNED'",
        ),
        (
            "/overdue/count",
            "SELECT count(*) FROM @account_items WHERE settled_on IS NULL AND due_on < 'today' AND amount > 0",
        ),
        (
            "/lowStockCount",
            "SELECT count(*) FROM @stock_levels WHERE on_hand - reserved < reorder_point",
        ),
        (
            "/openQuotes/count",
            "SELECT count(*) FROM @quotes WHERE state = 'SENT'",
        ),
    ] {
        let sql = sql.replace("'today'", &format!("'{today}'"));
        let told = text(board.pointer(field).unwrap());
        assert_eq!(told, shop.number(&sql).await, "{field}");
    }
    let amount = board["overdue"]["amount"]["amount"].as_str().unwrap();
    let owed = "SELECT coalesce(sum(amount - allocated), 0) FROM @account_items
        WHERE settled_on IS NULL AND due_on < current_date AND amount > 0";
    let owed: Decimal = shop.number(owed).await.parse().unwrap();
    assert_eq!(amount.parse::<Decimal>().unwrap(), owed);
    let answer = shop
        .dealer
        .client
        .send("{ dashboard { day } }", json!({}))
        .await;
    assert_eq!(answer.statements(), 1);
}

#[tokio::test]
async fn goods_that_nobody_buys_are_found() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&tubex::demo::data::DEALERS[1]).await;
    let dead = "{ deadStock(days: 30, first: 200) { totalCount nodes { product { sku }
        warehouse { code } onHand { value } value { amount } lastIssuedAt } } }";
    let data = dealer.client.get(dead).await;
    // All of it came just now.
    assert_eq!(data["deadStock"]["totalCount"], json!(0));
    pretend(&dealer).await;
    let data = dealer.client.get(dead).await;
    let rows = data["deadStock"]["nodes"].as_array().unwrap().clone();
    assert!(rows.len() > 20);
    assert_eq!(data["deadStock"]["totalCount"], json!(rows.len()));
    let value = |row: &Value| {
        row["value"]["amount"]
            .as_str()
            .unwrap()
            .parse::<Decimal>()
            .unwrap()
    };
    assert!(rows.is_sorted_by(|a, b| value(a) >= value(b)));
    assert!(rows.iter().all(|row| row["lastIssuedAt"].is_null()));
    let page = "query($after: String) { deadStock(days: 30, first: 7, after: $after) {
        nodes { product { sku } warehouse { code } } pageInfo { endCursor hasNextPage } } }";
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let data = dealer.client.run(page, json!({ "after": after })).await;
        let page = &data["deadStock"];
        found.extend(page["nodes"].as_array().unwrap().clone());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
    }
    let sku = |row: &Value| {
        (
            row["product"]["sku"].clone(),
            row["warehouse"]["code"].clone(),
        )
    };
    assert_eq!(
        found.iter().map(sku).collect::<Vec<_>>(),
        rows.iter().map(sku).collect::<Vec<_>>()
    );
    for wrong in [
        "{ deadStock(days: 0) { totalCount } }",
        "{ slowStock(coverDays: 4000) { totalCount } }",
    ] {
        assert_eq!(
            dealer.client.send(wrong, json!({})).await.code(),
            "BAD_USER_INPUT"
        );
    }
}

#[tokio::test]
async fn goods_that_last_long_are_slow() {
    let shop = Shop::open().await;
    let query = "{ slowStock(days: 60, coverDays: 60, first: 200) { totalCount nodes {
        product { sku } onHand { value } sold { value } coverDays value { amount } } } }";
    let data = shop.dealer.client.get(query).await;
    let rows = data["slowStock"]["nodes"].as_array().unwrap().clone();
    assert!(rows.len() > 2, "{data:#}");
    assert_eq!(data["slowStock"]["totalCount"], json!(rows.len()));
    assert!(rows.iter().any(|row| row["coverDays"].is_null()));
    for row in &rows {
        assert!(
            row["coverDays"].as_i64().is_none_or(|days| days >= 60),
            "{row:#}"
        );
    }
    let answer = shop
        .dealer
        .client
        .send("{ slowStock { nodes { product { sku } } } }", json!({}))
        .await;
    // What day it is; the goods; their products.
    assert_eq!(answer.statements(), 3);
}

#[tokio::test]
async fn the_fill_rate_is_that_of_the_orders() {
    let shop = Shop::open().await;
    let (from, to) = (
        shop.number("SELECT min(wanted_on) FROM @orders").await,
        shop.number("SELECT current_date - 1").await,
    );
    let query = "query($from: NaiveDate!, $to: NaiveDate!) { fillRate(from: $from, to: $to) {
        orders inFull onTime percent } }";
    let variables = json!({ "from": from, "to": to });
    let answer = shop.dealer.client.send(query, variables).await;
    // What has happened, and the orders.
    assert_eq!(answer.statements(), 2);
    let rate = &answer.body["data"]["fillRate"];
    let wanted = format!("FROM @orders o WHERE wanted_on BETWEEN '{from}' AND '{to}'");
    let orders = shop.number(&format!("SELECT count(*) {wanted}")).await;
    assert_eq!(rate["orders"].to_string(), orders);
    let late = format!(
        "SELECT count(*) {wanted} AND EXISTS (SELECT FROM @deliveries d WHERE d.order_id = o.id
             AND (d.delivered_at AT TIME ZONE 'UTC')::date > o.wanted_on)"
    );
    let late: i64 = shop.number(&late).await.parse().unwrap();
    let (full, on_time) = (
        rate["inFull"].as_i64().unwrap(),
        rate["onTime"].as_i64().unwrap(),
    );
    assert_eq!(full - on_time, late);
    assert!(late > 0 && on_time > late);
    let long = json!({ "from": "2020-01-01", "to": "2026-01-01" });
    assert_eq!(
        shop.dealer.client.send(query, long).await.code(),
        "BAD_USER_INPUT"
    );
}
