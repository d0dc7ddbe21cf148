//! A return from the request to the credit note.

use serde_json::json;

use super::{Counter, came, sold, step, step_with};

#[tokio::test]
async fn goods_come_back_lie_there_again_and_are_credited() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    counter.billed(&order).await;
    assert_eq!(counter.owed().await, "95");
    let found = counter.requested(&order, "4").await;
    assert_eq!(
        (&found["number"], &found["state"]),
        (&json!(1), &json!("REQUESTED"))
    );
    assert_eq!(found["allowedActions"], json!(["APPROVE", "REJECT"]));
    assert_eq!(found["order"]["id"], order["id"]);
    assert_eq!(found["customer"]["id"], json!(counter.customer));
    assert_eq!(found["warehouse"]["id"], json!(counter.yard.warehouses[0]));
    assert_eq!(found["lines"][0]["quantity"]["inBase"], "4");
    let said = [
        ("restockingFee", json!("10")),
        ("answer", json!("bring them dry")),
    ];
    let found = counter
        .done("returnApprove", step_with(&found, &said))
        .await;
    assert_eq!(found["allowedActions"], json!(["RECEIVE", "REJECT"]));
    assert_eq!(found["lines"][0]["restockingFee"], "10");
    assert_eq!(found["answer"], "bring them dry");
    assert_eq!(counter.yard.level(&counter.cement).await[0], "990");

    let lines = [("lines", json!([came(&found, 0, ("3", "1"))]))];
    let found = counter
        .done("returnReceive", step_with(&found, &lines))
        .await;
    assert_eq!(found["state"], "RECEIVED");
    assert_eq!(found["allowedActions"], json!(["CREDIT"]));
    assert_eq!(found["lines"][0]["resaleable"]["inBase"], "3");
    assert_eq!(found["lines"][0]["spoilt"]["inBase"], "1");
    // What is spoilt lies nowhere, and is credited all the same.
    assert_eq!(counter.yard.level(&counter.cement).await[0], "993");
    assert_eq!(counter.counted(&order, 0).await, ["10", "10", "4"]);

    let found = counter.done("returnCredit", step(&found)).await;
    assert_eq!(found["state"], "CREDITED");
    assert!(found["creditNote"]["id"].is_string());
    // Four bags at 9.50, less a tenth.
    assert_eq!(counter.owed().await, "60.8");
    let told = [
        "return.requested",
        "return.approved",
        "return.received",
        "return.credited",
    ];
    assert_eq!(counter.told().await, told);
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn all_that_is_not_named_came_whole_and_sound() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    let found = counter.received(&order, "4").await;
    assert_eq!(found["lines"][0]["resaleable"]["inBase"], "4");
    assert_eq!(found["lines"][0]["spoilt"]["inBase"], "0");
    assert!(found["receivedAt"].is_string());
}

#[tokio::test]
async fn goods_may_come_to_another_yard() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    let south = json!(counter.yard.warehouses[1]);
    let found = counter.approved(&order, "4").await;
    let there = [("warehouseId", south.clone())];
    let found = counter
        .done("returnReceive", step_with(&found, &there))
        .await;
    assert_eq!(found["warehouse"]["id"], south);
    assert_eq!(counter.yard.level(&counter.cement).await[0], "990");
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn deposits_come_back_like_goods() {
    let counter = Counter::open().await;
    let mut input = counter.yard.dealer.product_input("PAL").await;
    input["kind"] = json!("DEPOSIT");
    let create = crate::support::CREATE_PRODUCT;
    let made = counter
        .client()
        .run(create, json!({ "input": input }))
        .await;
    let pallet = made["productCreate"]["product"]["id"].as_str().unwrap();
    counter.yard.put(pallet, "50", "8").await;
    let order = counter
        .sold(json!([sold(pallet, "6"), sold(&counter.cement, "10")]))
        .await;
    counter.billed(&order).await;
    assert_eq!(counter.owed().await, "152");
    let found = counter.received(&order, "6").await;
    assert_eq!(counter.yard.level(pallet).await[0], "50");
    counter.done("returnCredit", step(&found)).await;
    assert_eq!(counter.owed().await, "95");
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn units_of_the_request_are_kept() {
    let counter = Counter::open().await;
    let lime_bags = counter.yard.measured("LIM", "bag", &[("t", 20, 1)]).await;
    counter.yard.put(&lime_bags, "100", "1").await;
    let tonnes = counter.yard.unit("t").await;
    let mut line = sold(&lime_bags, "3");
    line["quantity"]["unitId"] = tonnes.clone();
    let order = counter.sold(json!([line])).await;
    let mut input = counter.input(&order, "0.5");
    input["lines"][0]["quantity"]["unitId"] = tonnes;
    let found = counter.done("returnRequest", input).await;
    let quantity = &found["lines"][0]["quantity"];
    let wanted = (&json!("0.5"), &json!("10"));
    assert_eq!((&quantity["value"], &quantity["inBase"]), wanted);
}
