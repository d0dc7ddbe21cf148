//! Many at once, on the same order.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Office, came, document, line, receipt, step};

/// Sends it until there is room for it; gives the code of the refusal, or OK.
async fn insist(office: &Office, field: &str, input: &Value) -> String {
    loop {
        let answer = office
            .client()
            .send(&document(field), json!({ "input": input }))
            .await;
        if answer.code() == "OVERLOADED" {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        }
        assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
        let code = &answer.body["data"]["payload"]["userErrors"][0]["code"];
        return code.as_str().unwrap_or("OK").to_owned();
    }
}

#[tokio::test]
async fn eight_who_receive_the_same_order_stay_within_the_tolerance() {
    let office = Arc::new(Office::open().await);
    let (cement, sand) = (
        office.yard.product("CEM").await,
        office.yard.product("SND").await,
    );
    let sent = office
        .sent(json!([
            line(&cement, "100", "2.5"),
            line(&sand, "1000", "1")
        ]))
        .await;
    let works = (0..8).map(|who| {
        let (office, sent) = (Arc::clone(&office), sent.clone());
        tokio::spawn(async move {
            // Each names the lines in an order of its own.
            let mut lines = vec![came(&sent, 0, "30"), came(&sent, 1, "20")];
            lines.rotate_left(who % 2);
            let mut input = receipt(&sent, json!(lines));
            input["landedCosts"] = json!([{ "kind": "FREIGHT", "amount": "10" }]);
            insist(&office, "goodsReceive", &input).await
        })
    });
    let mut codes = Vec::new();
    for done in futures_util::future::join_all(works).await {
        codes.push(done.unwrap());
    }
    codes.sort();
    // Three times 30 fit into 110.
    assert_eq!(codes[..3], ["OK", "OK", "OK"], "{codes:?}");
    assert!(
        codes[3..].iter().all(|code| code == "OVER_RECEIPT"),
        "{codes:?}"
    );
    let order = office.order(&sent).await;
    let received = |index: usize| order["lines"][index]["received"]["inBase"].clone();
    assert_eq!((received(0), received(1)), (json!("90"), json!("60")));
    assert_eq!(office.yard.level(&cement).await[0], "90");
    assert_eq!(office.yard.level(&sand).await[0], "60");
    let data = office
        .client()
        .get("{ stockValuation { value { amount } } goodsReceipts { totalCount } }")
        .await;
    // 90 x 2.5, 60 x 1, three times 10.
    assert_eq!(super::number(&data, "/stockValuation/value/amount"), "315");
    assert_eq!(data["goodsReceipts"]["totalCount"], 3);
    office.yard.books_are_right().await;
}

#[tokio::test]
async fn of_a_receipt_and_a_cancellation_at_once_one_wins() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    for _ in 0..4 {
        let sent = office.sent(json!([line(&cement, "10", "2")])).await;
        let input = receipt(&sent, Value::Null);
        let cancel = step(&sent);
        let (received, cancelled) = tokio::join!(
            insist(&office, "goodsReceive", &input),
            insist(&office, "purchaseOrderCancel", &cancel)
        );
        let state = office.order(&sent).await["state"].clone();
        match (received.as_str(), cancelled.as_str()) {
            ("OK", "CONFLICT") => assert_eq!(state, "RECEIVED"),
            ("NOT_ALLOWED", "OK") => assert_eq!(state, "CANCELLED"),
            other => panic!("{other:?}"),
        }
    }
    office.yard.books_are_right().await;
}

#[tokio::test]
async fn a_supplier_is_not_archived_under_an_order() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    for round in 0..4 {
        let supplier = office.another(&format!("S{round}")).await;
        let mut input = office.order_input(&json!([line(&cement, "10", "2")]));
        input["supplierId"] = json!(supplier);
        let archive = json!({ "id": supplier, "expectedVersion": 1 });
        let (ordered, archived) = tokio::join!(
            insist(&office, "purchaseOrderCreate", &input),
            insist(&office, "supplierArchive", &archive)
        );
        let codes = (ordered.as_str(), archived.as_str());
        assert!(
            matches!(codes, ("OK", "NOT_ALLOWED") | ("NOT_ALLOWED", "OK")),
            "{codes:?}"
        );
    }
}
