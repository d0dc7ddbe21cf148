//! What is paid for an order before it is invoiced.

use serde_json::{Value, json};
use tubex::dealer::payments::deposits::settle_deposits;
use tubex::tenancy::Access;

use super::{Till, done, run, send};
use crate::credit::Shop;
use crate::stock::{Yard, decimal, key};

/// A till with an order of its customer that comes to 100; gives the order.
async fn ordered() -> (Till, Value) {
    let yard = Yard::open().await;
    let product = yard.product("CEM").await;
    let warehouse = yard.warehouses[0].clone();
    let (server, dealer) = (yard.server, yard.dealer);
    let till = Till::open_in(Shop { server, dealer }).await;
    let line = json!({ "productId": product, "quantity": { "value": "10" }, "unitPrice": "10",
        "priceReason": "as agreed", "sourcing": "SPECIAL" });
    let input = json!({ "customerId": till.customer, "warehouseId": warehouse, "lines": [line] });
    let order = sell(&till, "orderCreate", "OrderCreateInput", input).await;
    (till, order)
}

/// Sends a mutation on orders or invoices that must succeed; gives the record.
async fn sell(till: &Till, field: &str, input_type: &str, mut input: Value) -> Value {
    input["idempotencyKey"] = json!(key());
    let selection = if field.starts_with("order") {
        "record: order { id version }"
    } else {
        "record: invoice { id version gross { amount } open { amount } paymentStatus }"
    };
    let document = format!(
        "mutation($input: {input_type}!) {{ payload: {field}(input: $input) {{ {selection}
             userErrors {{ code message path }} }} }}"
    );
    let payload = run(till.client(), &document, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{field}: {payload:#}");
    payload["record"].clone()
}

fn step(record: &Value) -> Value {
    json!({ "id": record["id"], "expectedVersion": record["version"] })
}

/// Posts a debt, and settles it by deposits as the posting of an invoice does; gives what is
/// open of it.
async fn invoiced(till: &Till, order: &Value, amount: &str) -> String {
    let entry = till
        .shop
        .owes(&till.customer, None, amount, "2026-03-05")
        .await;
    let id = entry["id"].as_str().unwrap();
    let mut tx = till.shop.begin(Access::Write).await;
    let orders = [order["id"].as_str().unwrap().parse().unwrap()];
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
    let deposit = till.record("100", json!({ "orderId": order["id"] })).await;
    assert_eq!(deposit["order"]["id"], order["id"]);
    let second = till.record("30", json!({ "orderId": order["id"] })).await;
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
    let deposit = till.record("100", json!({ "orderId": order["id"] })).await;
    let back = json!({ "id": deposit["id"], "expectedVersion": 1, "reason": "no funds" });
    done(till.client(), "paymentReverse", back).await;
    assert_eq!(invoiced(&till, &order, "70").await, "70");
}

#[tokio::test]
async fn deposits_are_paid_back_last() {
    let (till, order) = ordered().await;
    let deposit = till
        .record(
            "100",
            json!({ "orderId": order["id"], "paidOn": "2026-02-01" }),
        )
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
    let mut input = till.pays("10", json!({ "orderId": order["id"] }));
    input["customerId"] = json!(other);
    let refused = till.refused("paymentRecord", input).await;
    assert_eq!(
        refused,
        ("NOT_FOUND".to_owned(), "input.orderId".to_owned())
    );
    let job = till.shop.job(&till.customer, "LOT").await;
    let input = till.pays("10", json!({ "orderId": order["id"], "jobId": job }));
    let refused = till.refused("paymentRecord", input).await;
    assert_eq!(
        refused,
        ("NOT_ALLOWED".to_owned(), "input.jobId".to_owned())
    );
    let query = "query($id: ID!) { payments(where: { orderId: $id }) { totalCount } }";
    let payload = send(
        till.client(),
        "paymentRecord",
        till.pays("10", json!({ "orderId": order["id"] })),
    )
    .await;
    assert_eq!(payload["userErrors"], json!([]));
    let data = till.shop.get(query, json!({ "id": order["id"] })).await;
    assert_eq!(data["payments"]["totalCount"], 1);
}

#[tokio::test]
async fn an_invoice_is_settled_by_the_deposit_of_its_order_when_it_is_posted() {
    let (till, order) = ordered().await;
    let deposit = till.record("60", json!({ "orderId": order["id"] })).await;
    let order = sell(&till, "orderConfirm", "OrderStepInput", step(&order)).await;
    let input = json!({ "orderId": order["id"], "basis": "ORDERED" });
    let draft = sell(&till, "invoiceFromOrder", "InvoiceFromOrderInput", input).await;
    assert_eq!(left(&till, &deposit).await, "60", "a draft is not owed yet");
    let posted = sell(&till, "invoicePost", "InvoiceStepInput", step(&draft)).await;
    assert_eq!(decimal(posted["gross"]["amount"].as_str().unwrap()), "100");
    assert_eq!(decimal(posted["open"]["amount"].as_str().unwrap()), "40");
    assert_eq!(posted["paymentStatus"], "PARTIAL");
    assert_eq!(left(&till, &deposit).await, "0");
    // The rest is paid by the invoice's own id, and never twice.
    let part = |amount: &str| json!([{ "invoiceId": posted["id"], "amount": amount }]);
    let input = till.pays("50", json!({ "allocations": part("41") }));
    let refused = till.refused("paymentRecord", input).await;
    let path = "input.allocations.0.amount".to_owned();
    assert_eq!(refused, ("NOT_ALLOWED".to_owned(), path));
    let rest = till
        .record("50", json!({ "allocations": part("40") }))
        .await;
    assert_eq!(rest["unallocated"]["amount"], "10");
    let query = "query($id: ID!) { invoice(id: $id) { open { amount } paymentStatus } }";
    let id = json!({ "id": posted["id"] });
    let paid = till.shop.get(query, id.clone()).await;
    assert_eq!(paid["invoice"]["paymentStatus"], "PAID");
    // A deposit that bounces opens it again.
    let back = json!({ "id": deposit["id"], "expectedVersion": 1, "reason": "no funds" });
    done(till.client(), "paymentReverse", back).await;
    let again = till.shop.get(query, id).await;
    assert_eq!(
        decimal(again["invoice"]["open"]["amount"].as_str().unwrap()),
        "60"
    );
    till.check_books().await;
}
