//! More than was ordered.

use serde_json::{Value, json};

use super::{Office, came, line, receipt, refused};

#[tokio::test]
async fn a_tenth_more_may_come_and_not_a_bag_above() {
    let office = Office::open().await;
    let (cement, sand) = (
        office.yard.product("CEM").await,
        office.yard.product("SND").await,
    );
    let sent = office
        .sent(json!([line(&cement, "50", "2"), line(&sand, "7", "1")]))
        .await;
    let over = office
        .receive(&sent, json!([came(&sent, 1, "7"), came(&sent, 0, "56")]))
        .await;
    let error = &over["userErrors"][0];
    assert_eq!(
        refused(&over),
        ("OVER_RECEIPT", "input.lines.1.quantity".into())
    );
    assert_eq!(
        error["details"],
        json!([{ "name": "lineId", "value": sent["lines"][0]["id"] }, { "name": "ordered", "value": "50" },
            { "name": "received", "value": "56" }, { "name": "tolerance", "value": "10" }])
    );
    // All of it is refused.
    let query = "query($p: ID!) { stockLevels(where: { productId: { eq: $p } }) { totalCount } }";
    let lies = office.yard.client().run(query, json!({ "p": sand })).await;
    assert_eq!(lies["stockLevels"]["totalCount"], 0);
    let done = office.receive(&sent, json!([came(&sent, 0, "55")])).await;
    assert_eq!(done["userErrors"], json!([]));
    let open = office.order(&sent).await;
    assert_eq!(
        (&open["state"], &open["lines"][0]["open"]["inBase"]),
        (&json!("PARTIALLY_RECEIVED"), &json!("0"))
    );
    // What came in parts counts together.
    for (quantity, code) in [("4", None), ("4", Some("OVER_RECEIPT")), ("3", None)] {
        let payload = office
            .receive(&sent, json!([came(&sent, 1, quantity)]))
            .await;
        assert_eq!(
            payload["userErrors"][0]["code"].as_str(),
            code,
            "{quantity}"
        );
    }
    assert_eq!(office.order(&sent).await["state"], "RECEIVED");
    office.yard.books_are_right().await;
}

#[tokio::test]
async fn without_a_tolerance_nothing_more_comes() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let exact = office.another("EXACT").await;
    let mut input = office.order_input(&json!([line(&cement, "50", "2")]));
    input["supplierId"] = json!(exact);
    let draft = office.done("purchaseOrderCreate", input).await;
    let sent = office.done("purchaseOrderSend", super::step(&draft)).await;
    let over = office.receive(&sent, json!([came(&sent, 0, "51")])).await;
    assert_eq!(refused(&over).0, "OVER_RECEIPT");
    let done = office.receive(&sent, json!([came(&sent, 0, "50")])).await;
    assert_eq!(done["goodsReceipt"]["purchaseOrder"]["state"], "RECEIVED");
}

#[tokio::test]
async fn a_wrong_receipt_is_refused() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let sent = office.sent(json!([line(&cement, "50", "2")])).await;
    let other = office.sent(json!([line(&cement, "50", "2")])).await;
    let twice = json!([came(&sent, 0, "1"), came(&sent, 0, "1")]);
    let mut weightless = came(&sent, 0, "1");
    weightless["weight"] = json!("0");
    let cost = |cost: Value| {
        let mut input = receipt(&sent, json!([came(&sent, 0, "1")]));
        input["landedCosts"] = json!([cost]);
        input
    };
    for (input, code, path) in [
        (receipt(&sent, json!([])), "BAD_USER_INPUT", "input.lines"),
        (
            receipt(&sent, twice),
            "BAD_USER_INPUT",
            "input.lines.1.lineId",
        ),
        (
            receipt(&sent, json!([came(&other, 0, "1")])),
            "NOT_FOUND",
            "input.lines.0.lineId",
        ),
        (
            receipt(&sent, json!([came(&sent, 0, "0")])),
            "BAD_USER_INPUT",
            "input.lines.0.quantity.value",
        ),
        (
            receipt(&sent, json!([came(&sent, 0, "1.5")])),
            "BAD_USER_INPUT",
            "input.lines.0.quantity.value",
        ),
        (
            receipt(&sent, json!([weightless])),
            "BAD_USER_INPUT",
            "input.lines.0.weight",
        ),
        (
            cost(json!({ "kind": "FREIGHT", "amount": "0" })),
            "BAD_USER_INPUT",
            "input.landedCosts.0.amount",
        ),
        (
            cost(json!({ "kind": "FREIGHT", "amount": "1.005" })),
            "BAD_USER_INPUT",
            "input.landedCosts.0.amount",
        ),
        (
            cost(json!({ "kind": "FREIGHT", "amount": "1", "basis": "WEIGHT" })),
            "BAD_USER_INPUT",
            "input.lines.0.weight",
        ),
    ] {
        let payload = office.mutate("goodsReceive", input).await;
        assert_eq!(refused(&payload), (code, path.to_owned()), "{payload:#}");
    }
    let free = office.sent(json!([line(&cement, "50", "0")])).await;
    let mut input = receipt(&free, Value::Null);
    input["landedCosts"] = json!([{ "kind": "FREIGHT", "amount": "1" }]);
    let payload = office.mutate("goodsReceive", input.clone()).await;
    assert_eq!(
        refused(&payload),
        ("BAD_USER_INPUT", "input.landedCosts.0.basis".into())
    );
    input["landedCosts"][0]["basis"] = json!("QUANTITY");
    assert_eq!(
        office.mutate("goodsReceive", input).await["userErrors"],
        json!([])
    );
    assert_eq!(
        office.yard.level(&cement).await[..4],
        ["50", "0", "50", "1"]
    );
}
