//! Whether what is written down is true.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{code, done, mutate};
use crate::stock::{Yard, key, line};
use crate::support::Server;

/// On hand of a product in all places together.
async fn on_hand(yard: &Yard, product: &str) -> Decimal {
    let query = "query($p: ID!) { stockLevels(where: { productId: { eq: $p } }) { nodes { onHand { value } } } }";
    let data = yard.client().run(query, json!({ "p": product })).await;
    let levels = data["stockLevels"]["nodes"].as_array().unwrap().iter();
    let value = |level: &Value| {
        level["onHand"]["value"]
            .as_str()
            .unwrap()
            .parse::<Decimal>()
    };
    levels.map(|level| value(level).unwrap()).sum()
}

#[tokio::test]
async fn defect_6_transfers_at_once_neither_make_nor_lose_goods() {
    let yard = Arc::new(Yard::open().await);
    let product = yard.product("CEM").await;
    for place in 0..2 {
        let put = yard
            .adjust_in(place, json!([line(&product, "IN", "40", Some("4"))]))
            .await;
        assert_eq!(put["userErrors"], json!([]));
    }
    let works = (0..16).map(|who: usize| {
        let (yard, product) = (Arc::clone(&yard), product.clone());
        tokio::spawn(async move {
            let lines = json!([{ "productId": product, "quantity": { "value": "5" } }]);
            let places = [who % 2, 1 - who % 2].map(|place| &yard.warehouses[place]);
            let input = json!({ "fromId": places[0], "toId": places[1], "lines": lines });
            let mut payload = moved(&yard, "transferCreate", input).await;
            for field in ["transferApprove", "transferDispatch", "transferReceive"] {
                let transfer = &payload["transfer"];
                if transfer.is_null() {
                    break;
                }
                let input = json!({ "id": transfer["id"], "expectedVersion": transfer["version"] });
                payload = moved(&yard, field, input).await;
            }
            assert!(
                ["none", "INSUFFICIENT_STOCK"].contains(&code(&payload)),
                "{payload:#}"
            );
        })
    });
    for work in futures_util::future::join_all(works).await {
        work.unwrap();
    }
    assert_eq!(on_hand(&yard, &product).await, Decimal::from(80));
    yard.books_are_right().await;
}

/// The payload of a mutation on transfers, which is sent again where it is told to be.
async fn moved(yard: &Yard, field: &str, mut input: Value) -> Value {
    let kind = match field {
        "transferCreate" => "TransferCreateInput",
        "transferReceive" => "TransferReceiveInput",
        _ => "TransferStepInput",
    };
    let document = format!(
        "mutation($input: {kind}!) {{ {field}(input: $input) {{ transfer {{ id version }} userErrors {{ code }} }} }}"
    );
    input["idempotencyKey"] = json!(key());
    loop {
        let answer = yard
            .client()
            .send(&document, json!({ "input": input }))
            .await;
        if answer.body.get("errors").is_none() {
            return answer.body["data"][field].clone();
        }
        assert_eq!(answer.code(), "OVERLOADED", "{:#}", answer.body);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn defect_7_what_lies_where_changes_by_movements_only() {
    let yard = Yard::open().await;
    let product = yard.product("CEM").await;
    yard.put(&product, "10", "4").await;
    yard.adjust(json!([line(&product, "OUT", "3", None)])).await;
    let set = "mutation($input: StockLevelSetInput!) { stockLevelSet(input: $input) { userErrors { code } } }";
    let input =
        json!({ "productId": product, "warehouseId": yard.warehouses[0], "onHand": "1000" });
    let answer = yard.client().send(set, json!({ "input": input })).await;
    assert!(answer.body["errors"].is_array(), "{:#}", answer.body);
    let query = "query($p: ID!) { stockMovements(where: { productId: { eq: $p } }) { nodes { quantity { value } } } }";
    let data = yard.client().run(query, json!({ "p": product })).await;
    let moved = data["stockMovements"]["nodes"].as_array().unwrap().iter();
    let moved = moved.map(|movement| {
        movement["quantity"]["value"]
            .as_str()
            .unwrap()
            .parse::<Decimal>()
    });
    let moved: Decimal = moved.map(Result::unwrap).sum();
    assert_eq!(
        (moved, on_hand(&yard, &product).await),
        (7.into(), 7.into())
    );
    yard.books_are_right().await;
}

#[tokio::test]
async fn defect_11_three_billion_dong_are_no_more_and_no_less() {
    let server = Server::start().await;
    let dealer = server.dealer_in("VND", "Asia/Ho_Chi_Minh").await;
    let input = json!({ "code": "C", "name": "Cầu Rồng", "termsDays": 30 });
    let made = done(&dealer.client, "customerCreate", "customer { id }", input).await;
    let customer = &made["customer"]["id"];
    for amount in ["3000000000", "1"] {
        let input = json!({ "customerId": customer, "amount": amount, "reason": "steel",
            "idempotencyKey": key() });
        done(&dealer.client, "accountAdjust", "entry { id }", input).await;
    }
    let query = "query($id: ID!) { creditStatus(customerId: $id) { exposure { total { amount currency } } } }";
    let data = dealer.client.run(query, json!({ "id": customer })).await;
    let total = &data["creditStatus"]["exposure"]["total"];
    let amount = total["amount"].as_str().unwrap().parse::<Decimal>();
    assert_eq!(
        (amount.unwrap(), &total["currency"]),
        (3_000_000_001_i64.into(), &json!("VND"))
    );
    // A tenth and two tenths are three tenths.
    let yard = Yard::open().await;
    let product = yard.measured("SAND", "t", &[]).await;
    for quantity in ["0.1", "0.2"] {
        yard.put(&product, quantity, "3000000000").await;
    }
    assert_eq!(yard.level(&product).await[0], "0.3");
    assert_eq!(yard.level(&product).await[3], "900000000");
}

#[tokio::test]
async fn defect_14_what_runs_out_is_ordered_and_not_only_spoken_of() {
    let yard = Yard::open().await;
    let product = yard.product("CEM").await;
    let client = yard.client();
    let input = json!({ "code": "MILL", "name": "The Mill" });
    let supplier =
        done(client, "supplierCreate", "supplier { id }", input).await["supplier"]["id"].clone();
    let input = json!({ "supplierId": supplier, "productId": product, "lastCost": "4", "isPreferred": true });
    done(client, "supplierItemSet", "supplierItem { id }", input).await;
    let input = json!({ "productId": product, "warehouseId": yard.warehouses[0], "reorderPoint": "20",
        "reorderQuantity": "50" });
    done(client, "stockLevelSet", "__typename", input).await;
    let input = json!({ "warehouseId": yard.warehouses[0], "idempotencyKey": key() });
    let select =
        "purchaseOrders { id supplier { id } lines { product { id } quantity { value } } }";
    let ordered = done(client, "reorderToPurchaseOrders", select, input).await;
    let order = &ordered["purchaseOrders"][0];
    assert_eq!(order["supplier"]["id"], supplier);
    assert_eq!(
        order["lines"][0],
        json!({ "product": { "id": product }, "quantity": { "value": "50" } })
    );
    let query = "{ purchaseOrders { nodes { id } } reorderSuggestions { level { updatedAt } } }";
    let data = client.get(query).await;
    assert_eq!(
        data["purchaseOrders"]["nodes"],
        json!([{ "id": order["id"] }])
    );
}

#[tokio::test]
async fn defect_16_what_is_sent_again_is_done_once() {
    let yard = Yard::open().await;
    let product = yard.product("CEM").await;
    let input = json!({ "warehouseId": yard.warehouses[0], "reason": "FOUND", "idempotencyKey": key(),
        "lines": [line(&product, "IN", "10", Some("4"))] });
    let first = done(
        yard.client(),
        "stockAdjust",
        "movements { id }",
        input.clone(),
    )
    .await;
    let second = done(
        yard.client(),
        "stockAdjust",
        "movements { id }",
        input.clone(),
    )
    .await;
    assert_eq!(first["movements"], second["movements"]);
    assert_eq!(on_hand(&yard, &product).await, Decimal::TEN);
    // Another order under the same key is none of it, and without one there is none.
    let mut other = input.clone();
    other["reason"] = json!("LOSS");
    let answer = send(&yard, other).await;
    assert!(is_refused(&answer), "{answer:#}");
    let mut keyless = input;
    keyless["idempotencyKey"] = Value::Null;
    let answer = send(&yard, keyless).await;
    assert!(is_refused(&answer), "{answer:#}");
    assert_eq!(on_hand(&yard, &product).await, Decimal::TEN);
    let payload = mutate(
        yard.client(),
        "unitCreate",
        "unit { id }",
        json!({ "code": "x", "name": "X",
        "dimension": "COUNT", "scale": 0, "idempotencyKey": "same" }),
    )
    .await;
    assert_eq!(payload["userErrors"], json!([]));
}

async fn send(yard: &Yard, input: Value) -> Value {
    let document = "mutation($input: StockAdjustInput!) { stockAdjust(input: $input) {
        movements { id } userErrors { code } } }";
    yard.client()
        .send(document, json!({ "input": input }))
        .await
        .body
}

fn is_refused(body: &Value) -> bool {
    body["errors"].is_array() || code(&body["data"]["stockAdjust"]) != "none"
}
