//! An order of a quote: once, and at its prices.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Office, detail, document, line, refused, step, step_with};

/// Net, tax and lines of the order of a quote, as they are stored.
async fn stored(office: &Office, order: &Value) -> Vec<[String; 5]> {
    let id: tubex::dealer::orders::model::OrderId = order["id"].as_str().unwrap().parse().unwrap();
    let query = format!(
        "SELECT unit_price::text, discount::text, net::text, price_source, coalesce(price_reason, '')
         FROM {}.order_lines WHERE order_id = '{}' ORDER BY position",
        office.dealer.schema,
        id.uuid()
    );
    let owner = crate::support::owner().await;
    let rows = owner.query(&query, &[]).await.unwrap();
    let texts = |row: &tokio_postgres::Row| std::array::from_fn(|column| row.get(column));
    rows.iter().map(texts).collect()
}

#[tokio::test]
async fn the_order_keeps_the_prices_of_the_quote() {
    let office = Office::open().await;
    let mut special = line(&office.cement, "4");
    special["unitPrice"] = json!("7.25");
    special["discount"] = json!("10");
    special["priceReason"] = json!("a large job");
    let accepted = office
        .accepted(json!([line(&office.cement, "10"), special]))
        .await;
    office.reprice("20").await;
    let order = office.done("quoteToOrder", step(&accepted)).await;
    let lines = stored(&office, &order).await;
    assert_eq!(lines[0], ["9.5000", "0.0000", "95.0000", "LIST_PRICE", ""]);
    assert_eq!(
        lines[1],
        ["7.2500", "10.0000", "26.1000", "OVERRIDE", "a large job"]
    );
    let query = "query($id: ID) { quote(id: $id) { state order { id } allowedActions } }";
    let data = office
        .client
        .run(query, json!({ "id": accepted["id"] }))
        .await;
    let quote =
        json!({ "state": "CONVERTED", "order": { "id": order["id"] }, "allowedActions": [] });
    assert_eq!(data["quote"], quote);
    assert_eq!(office.told().await.last().unwrap(), "quote.converted");
}

#[tokio::test]
async fn who_comes_second_is_told_the_order() {
    let office = Office::open().await;
    let accepted = office.accepted(json!([line(&office.cement, "10")])).await;
    let order = office.done("quoteToOrder", step(&accepted)).await;
    let payload = office.mutate("quoteToOrder", step(&accepted)).await;
    assert_eq!(refused(&payload), ("ALREADY_EXISTS", "input.id".to_owned()));
    assert_eq!(detail(&payload, "orderId"), &order["id"]);
    assert_eq!(detail(&payload, "orderNumber"), "1");
}

#[tokio::test]
async fn of_eight_at_once_one_makes_the_order() {
    let office = Arc::new(Office::open().await);
    let accepted = office.accepted(json!([line(&office.cement, "10")])).await;
    let works = (0..8).map(|_| {
        let (office, accepted) = (Arc::clone(&office), accepted.clone());
        tokio::spawn(async move {
            loop {
                let input = json!({ "input": step(&accepted) });
                let answer = office.client.send(&document("quoteToOrder"), input).await;
                if answer.code() != "OVERLOADED" {
                    return answer.body["data"]["payload"].clone();
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        })
    });
    let mut payloads = Vec::new();
    for done in futures_util::future::join_all(works).await {
        payloads.push(done.unwrap());
    }
    let (won, lost): (Vec<_>, Vec<_>) = payloads
        .into_iter()
        .partition(|payload| payload["order"].is_object());
    assert_eq!((won.len(), lost.len()), (1, 7));
    for payload in lost {
        assert_eq!(refused(&payload).0, "ALREADY_EXISTS");
        assert_eq!(detail(&payload, "orderId"), &won[0]["order"]["id"]);
    }
    let data = office.client.get("{ orders { totalCount } }").await;
    assert_eq!(data["orders"]["totalCount"], 1);
}

#[tokio::test]
async fn an_order_needs_a_place_that_its_goods_come_from() {
    let office = Office::open().await;
    let mut input = office.input(&json!([line(&office.cement, "10")]));
    input["warehouseId"] = Value::Null;
    let draft = office.done("quoteCreate", input).await;
    let sent = office.done("quoteSend", step(&draft)).await;
    let accepted = office.done("quoteAccept", step(&sent)).await;
    let payload = office.mutate("quoteToOrder", step(&accepted)).await;
    assert_eq!(
        refused(&payload),
        ("BAD_USER_INPUT", "input.warehouseId".to_owned())
    );
    let from = [
        ("warehouseId", json!(office.warehouse)),
        ("wantedOn", json!("2026-11-25")),
    ];
    office
        .done("quoteToOrder", step_with(&accepted, &from))
        .await;
}

#[tokio::test]
async fn goods_that_are_sold_no_more_are_not_ordered() {
    let office = Office::open().await;
    let accepted = office.accepted(json!([line(&office.cement, "10")])).await;
    let archive = "mutation($input: ProductArchiveInput!) { productArchive(input: $input) { userErrors { code } } }";
    let input = json!({ "id": office.cement, "expectedVersion": 1 });
    let data = office.client.run(archive, json!({ "input": input })).await;
    assert_eq!(data["productArchive"]["userErrors"], json!([]));
    let payload = office.mutate("quoteToOrder", step(&accepted)).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".to_owned()));
    assert_eq!(detail(&payload, "line"), "0");
    assert_eq!(office.quote(&accepted).await["state"], "ACCEPTED");
}
