//! What is paid for an order before it is invoiced.

use serde_json::{Value, json};
use tubex::dealer::payments::deposits::settle_deposits;
use tubex::tenancy::Access;

use super::{Till, done, send};
use crate::credit::Shop;
use crate::stock::{Yard, key};

/// A till with an order of its customer; gives the order's id.
async fn ordered() -> (Till, String) {
    let yard = Yard::open().await;
    let product = yard.product("CEM").await;
    let warehouse = yard.warehouses[0].clone();
    let (server, dealer) = (yard.server, yard.dealer);
    let till = Till::open_in(Shop { server, dealer }).await;
    let query = "mutation($input: OrderCreateInput!) { orderCreate(input: $input) {
        order { id } userErrors { code path message } } }";
    let input = json!({ "customerId": till.customer, "warehouseId": warehouse, "idempotencyKey": key(),
        "lines": [{ "productId": product, "quantity": { "value": "10" } }] });
    let made = till.client().run(query, json!({ "input": input })).await;
    let id = made["orderCreate"]["order"]["id"].as_str();
    let id = id.unwrap_or_else(|| panic!("{made:#}")).to_owned();
    (till, id)
}

/// Posts a debt, and settles it by deposits as the posting of an invoice does; gives what is
/// open of it.
async fn invoiced(till: &Till, order: &str, amount: &str) -> String {
    let entry = till
        .shop
        .owes(&till.customer, None, amount, "2026-03-05")
        .await;
    let id = entry["id"].as_str().unwrap();
    let mut tx = till.shop.begin(Access::Write).await;
    let orders = [order.parse().unwrap()];
    settle_deposits(&mut tx, &orders, id.parse().unwrap())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let query = "query($id: ID!) { accountEntries(where: { customerId: { eq: $id } }, first: 200) {
        nodes { id open { amount } } } }";
    let data = till.shop.get(query, json!({ "id": till.customer })).await;
    let nodes = data["accountEntries"]["nodes"].as_array().unwrap();
    let found = nodes.iter().find(|node| node["id"] == id).unwrap();
    let open = crate::credit::decimal(&found["open"]["amount"]);
    open.normalize().to_string()
}

async fn left(till: &Till, payment: &Value) -> Value {
    let query = "query($id: ID!) { payment(id: $id) { unallocated { amount } } }";
    let data = till.shop.get(query, json!({ "id": payment["id"] })).await;
    data["payment"]["unallocated"]["amount"].clone()
}

#[tokio::test]
async fn a_deposit_waits_for_the_invoices_of_its_order() {
    let (till, order) = ordered().await;
    let deposit = till.record("100", json!({ "orderId": order })).await;
    assert_eq!(deposit["order"]["id"], order);
    let second = till.record("30", json!({ "orderId": order })).await;
    let free = till.record("500", json!({})).await;
    assert_eq!(left(&till, &deposit).await, "100");
    assert_eq!(invoiced(&till, &order, "70").await, "0");
    assert_eq!(left(&till, &deposit).await, "30");
    // The rest of the first, and of the second as much as it takes.
    assert_eq!(invoiced(&till, &order, "45").await, "0");
    assert_eq!(left(&till, &deposit).await, "0");
    assert_eq!(left(&till, &second).await, "15");
    assert_eq!(invoiced(&till, &order, "20").await, "5");
    // What was paid for no order is left to those who allocate it.
    assert_eq!(left(&till, &free).await, "500");
    assert_eq!(invoiced(&till, &order, "1").await, "1");
    till.check_books().await;
}

#[tokio::test]
async fn a_deposit_that_bounced_settles_nothing() {
    let (till, order) = ordered().await;
    let deposit = till.record("100", json!({ "orderId": order })).await;
    let back = json!({ "id": deposit["id"], "expectedVersion": 1, "reason": "no funds" });
    done(till.client(), "paymentReverse", back).await;
    assert_eq!(invoiced(&till, &order, "70").await, "70");
}

#[tokio::test]
async fn deposits_are_paid_back_last() {
    let (till, order) = ordered().await;
    let deposit = till
        .record("100", json!({ "orderId": order, "paidOn": "2026-02-01" }))
        .await;
    let free = till.record("40", json!({})).await;
    let refund = json!({ "customerId": till.customer, "method": "CASH", "amount": "50" });
    done(till.client(), "paymentRefund", refund).await;
    assert_eq!(left(&till, &free).await, "0");
    assert_eq!(left(&till, &deposit).await, "90");
}

#[tokio::test]
async fn a_deposit_is_for_an_order_of_the_customer() {
    let (till, order) = ordered().await;
    let other = till.shop.customer("B", "0").await;
    let mut input = till.pays("10", json!({ "orderId": order }));
    input["customerId"] = json!(other);
    let refused = till.refused("paymentRecord", input).await;
    assert_eq!(
        refused,
        ("NOT_FOUND".to_owned(), "input.orderId".to_owned())
    );
    let job = till.shop.job(&till.customer, "LOT").await;
    let input = till.pays("10", json!({ "orderId": order, "jobId": job }));
    let refused = till.refused("paymentRecord", input).await;
    assert_eq!(
        refused,
        ("NOT_ALLOWED".to_owned(), "input.jobId".to_owned())
    );
    let query = "query($id: ID!) { payments(where: { orderId: $id }) { totalCount } }";
    let payload = send(
        till.client(),
        "paymentRecord",
        till.pays("10", json!({ "orderId": order })),
    )
    .await;
    assert_eq!(payload["userErrors"], json!([]));
    let data = till.shop.get(query, json!({ "id": order })).await;
    assert_eq!(data["payments"]["totalCount"], 1);
}
