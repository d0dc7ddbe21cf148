//! What can be asked for to come back.

use serde_json::{Value, json};

use super::{Counter, came, detail, refused, sold, step, step_with};
use crate::stock::key;

#[tokio::test]
async fn never_more_than_was_delivered_and_is_not_back() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    let more = async |quantity: &str| {
        let payload = counter
            .mutate("returnRequest", counter.input(&order, quantity))
            .await;
        let path = "input.lines.0.quantity".to_owned();
        assert_eq!(refused(&payload), ("NOT_ALLOWED", path));
        detail(&payload, "returnable").clone()
    };
    assert_eq!(more("11").await, "10");
    // On its way back.
    let first = counter.requested(&order, "4").await;
    assert_eq!(more("7").await, "6");
    let first = counter.done("returnApprove", step(&first)).await;
    assert_eq!(more("7").await, "6");
    // Back; what did not come can be asked for again.
    let lines = [("lines", json!([came(&first, 0, ("2", "1"))]))];
    counter
        .done("returnReceive", step_with(&first, &lines))
        .await;
    assert_eq!(more("8").await, "7");
    // Given up.
    let second = counter.requested(&order, "7").await;
    assert_eq!(more("1").await, "0");
    let said = [("answer", json!("no"))];
    counter
        .done("returnReject", step_with(&second, &said))
        .await;
    counter.requested(&order, "7").await;
}

#[tokio::test]
async fn bad_input_names_its_field() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    let other = counter.ten().await;
    let nowhere = |prefix: &str| json!(format!("{prefix}_{}", uuid::Uuid::now_v7().simple()));
    let twice = {
        let line = counter.input(&order, "1")["lines"][0].clone();
        json!([line, line])
    };
    let cases: [(&str, Value, &str, &str); 8] = [
        ("/reason", json!(" "), "BAD_USER_INPUT", "input.reason"),
        ("/lines", json!([]), "BAD_USER_INPUT", "input.lines"),
        (
            "/lines",
            twice,
            "BAD_USER_INPUT",
            "input.lines.1.orderLineId",
        ),
        ("/orderId", nowhere("ord"), "NOT_FOUND", "input.orderId"),
        (
            "/lines/0/orderLineId",
            nowhere("orl"),
            "NOT_FOUND",
            "input.lines.0.orderLineId",
        ),
        (
            "/lines/0/orderLineId",
            other["lines"][0]["id"].clone(),
            "NOT_FOUND",
            "input.lines.0.orderLineId",
        ),
        (
            "/lines/0/quantity/value",
            json!("0"),
            "BAD_USER_INPUT",
            "input.lines.0.quantity.value",
        ),
        (
            "/lines/0/quantity/value",
            json!("0.5"),
            "BAD_USER_INPUT",
            "input.lines.0.quantity.value",
        ),
    ];
    for (pointer, value, code, path) in cases {
        let mut input = counter.input(&order, "1");
        *input.pointer_mut(pointer).unwrap() = value;
        let payload = counter.mutate("returnRequest", input).await;
        assert_eq!(refused(&payload), (code, path.to_owned()), "{pointer}");
    }
    let mut input = counter.input(&order, "1");
    input["warehouseId"] = nowhere("whs");
    let payload = counter.mutate("returnRequest", input).await;
    assert_eq!(
        refused(&payload),
        ("NOT_FOUND", "input.warehouseId".to_owned())
    );
}

#[tokio::test]
async fn what_was_not_delivered_does_not_come_back() {
    let counter = Counter::open().await;
    let input = json!({ "customerId": counter.customer, "warehouseId": counter.yard.warehouses[0],
        "lines": [sold(&counter.cement, "10")], "idempotencyKey": key() });
    let selection = ("OrderCreateInput", "order { id lines { id } }");
    let made = super::shop(counter.client(), "orderCreate", selection, input).await;
    let payload = counter
        .mutate("returnRequest", counter.input(&made["order"], "1"))
        .await;
    assert_eq!(refused(&payload).0, "NOT_ALLOWED");
    assert_eq!(detail(&payload, "returnable"), "0");
}

#[tokio::test]
async fn fees_and_amounts_have_bounds() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    let found = counter.requested(&order, "4").await;
    for fee in ["-1", "100.1", "1.23456"] {
        let payload = counter
            .mutate(
                "returnApprove",
                step_with(&found, &[("restockingFee", json!(fee))]),
            )
            .await;
        let path = "input.restockingFee".to_owned();
        assert_eq!(refused(&payload), ("BAD_USER_INPUT", path), "{fee}");
    }
    let nowhere = json!(format!("rtl_{}", uuid::Uuid::now_v7().simple()));
    let lines = json!([{ "lineId": nowhere, "restockingFee": "1" }]);
    let payload = counter
        .mutate("returnApprove", step_with(&found, &[("lines", lines)]))
        .await;
    assert_eq!(
        refused(&payload),
        ("NOT_FOUND", "input.lines.0.lineId".to_owned())
    );
    let lines = json!([{ "lineId": found["lines"][0]["id"], "restockingFee": "25" }]);
    let found = counter
        .done("returnApprove", step_with(&found, &[("lines", lines)]))
        .await;
    assert_eq!(found["lines"][0]["restockingFee"], "25");
    for (came, path) in [
        (("5", "0"), "input.lines.0.resaleable"),
        (("3", "2"), "input.lines.0.resaleable"),
        (("-1", "0"), "input.lines.0.resaleable"),
        (("0.5", "0"), "input.lines.0.resaleable"),
        (("2", "-1"), "input.lines.0.spoilt"),
        (("0", "0"), "input.lines"),
    ] {
        let lines = json!([super::came(&found, 0, came)]);
        let payload = counter
            .mutate("returnReceive", step_with(&found, &[("lines", lines)]))
            .await;
        assert_eq!(
            refused(&payload),
            ("BAD_USER_INPUT", path.to_owned()),
            "{came:?}"
        );
    }
    let lines = json!([{ "lineId": nowhere, "resaleable": "1" }]);
    let payload = counter
        .mutate("returnReceive", step_with(&found, &[("lines", lines)]))
        .await;
    assert_eq!(
        refused(&payload),
        ("NOT_FOUND", "input.lines.0.lineId".to_owned())
    );
    assert_eq!(counter.yard.level(&counter.cement).await[0], "990");
}

#[tokio::test]
async fn returns_are_found_by_what_they_say() {
    let counter = Counter::open().await;
    let (one, two) = (counter.ten().await, counter.ten().await);
    let first = counter.requested(&one, "1").await;
    let second = counter.approved(&two, "2").await;
    for (filter, found) in [
        (format!("orderId: {{ eq: {} }}", one["id"]), vec![&first]),
        (
            format!("customerId: {{ eq: {} }}", json!(counter.customer)),
            vec![&first, &second],
        ),
        ("states: [APPROVED]".to_owned(), vec![&second]),
        (
            format!(
                "warehouseId: {{ eq: {} }}",
                json!(counter.yard.warehouses[1])
            ),
            vec![],
        ),
        ("NOT: { states: [APPROVED] }".to_owned(), vec![&first]),
        (
            "createdAt: { lt: \"2020-01-01T00:00:00Z\" }".to_owned(),
            vec![],
        ),
    ] {
        let query = format!(
            "{{ returns(where: {{ {filter} }}, orderBy: [{{ field: CREATED_AT, direction: ASC }}]) {{ nodes {{ id }} }} }}"
        );
        let data = counter.client().get(&query).await;
        let wanted: Vec<_> = found.iter().map(|row| json!({ "id": row["id"] })).collect();
        assert_eq!(data["returns"]["nodes"], json!(wanted), "{filter}");
    }
    let data = counter.client().get("{ return(number: 2) { id } }").await;
    assert_eq!(data["return"]["id"], second["id"]);
}
