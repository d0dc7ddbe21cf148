//! What goods that came back are worth: what they had cost when they left.

use serde_json::{Value, json};

use super::{Counter, came, sold, step, step_with};
use crate::stock::decimal;

#[tokio::test]
async fn goods_come_back_at_the_cost_with_which_they_left() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    // What lies there is dearer now: 990 at 4 and 990 at 6.
    counter.yard.put(&counter.cement, "990", "6").await;
    let before = counter.yard.level(&counter.cement).await;
    assert_eq!([&before[0], &before[3]], ["1980", "9900"]);
    counter.received(&order, "4").await;
    let after = counter.yard.level(&counter.cement).await;
    assert_eq!([&after[0], &after[3]], ["1984", "9916"]);
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn parts_that_come_back_are_worth_the_whole_in_the_end() {
    let counter = Counter::open().await;
    let odd = counter.yard.product("ODD").await;
    // Three that have cost 10 in all.
    counter.yard.put(&odd, "3", "3.3333").await;
    let left = counter.yard.level(&odd).await[3].clone();
    let order = counter.sold(json!([sold(&odd, "3")])).await;
    assert_eq!(counter.yard.level(&odd).await[3], "0");
    for _ in 0..3 {
        counter.received(&order, "1").await;
    }
    let back = counter.yard.level(&odd).await;
    assert_eq!([&back[0], &back[3]], ["3", &left]);
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn what_is_spoilt_is_worth_nothing_to_the_yard() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    let before = counter.yard.level(&counter.cement).await;
    let found = counter.approved(&order, "4").await;
    let lines = [("lines", json!([came(&found, 0, ("0", "4"))]))];
    counter
        .done("returnReceive", step_with(&found, &lines))
        .await;
    assert_eq!(counter.yard.level(&counter.cement).await, before);
    assert_eq!(counter.counted(&order, 0).await, ["10", "0", "4"]);
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn what_spoilt_goods_cost_stays_a_cost_of_the_sale() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    let bill = counter.billed(&order).await;
    let found = counter.approved(&order, "4").await;
    let lines = [("lines", json!([came(&found, 0, ("3", "1"))]))];
    let found = counter
        .done("returnReceive", step_with(&found, &lines))
        .await;
    let found = counter.done("returnCredit", step(&found)).await;
    // Ten bags at 4 went, and three of the four that are credited lie there again.
    let query =
        "query($id: ID) { invoice(id: $id) { lines { quantity { inBase } cost { amount } } } }";
    for (id, quantity, cost) in [
        (&bill["id"], "10", "40"),
        (&found["creditNote"]["id"], "4", "12"),
    ] {
        let data = counter.client().run(query, json!({ "id": id })).await;
        let line = &data["invoice"]["lines"][0];
        let number = |text: &Value| decimal(text.as_str().unwrap());
        assert_eq!(number(&line["quantity"]["inBase"]), quantity);
        assert_eq!(number(&line["cost"]["amount"]), cost);
    }
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn the_movement_names_the_return() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    counter.received(&order, "4").await;
    let query = "query($id: ID!) { stockMovements(where: { productId: { eq: $id } }) {
        nodes { kind quantity { value } } } }";
    let data = counter
        .client()
        .run(query, json!({ "id": counter.cement }))
        .await;
    let nodes = data["stockMovements"]["nodes"].as_array().unwrap();
    let returns: Vec<_> = nodes
        .iter()
        .filter(|node| node["kind"] == "RETURN")
        .collect();
    assert_eq!(returns.len(), 1);
    assert_eq!(returns[0]["quantity"]["value"], "4");
}
