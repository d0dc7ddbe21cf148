//! The whole way as the customer sees it: ordered, on its way, handed over, billed, on the account.

use serde_json::{Value, json};

use super::{Portal, number, step};
use crate::stock::key;
use crate::support::{Client, Socket};

/// Sends a mutation of the dealer's people that must succeed; gives its record.
async fn office(
    client: &Client,
    (field, ty): (&str, &str),
    selection: &str,
    input: Value,
) -> Value {
    let document = format!(
        "mutation($input: {ty}!) {{ payload: {field}(input: $input) {{ {selection}
             userErrors {{ code message path }} }} }}"
    );
    let data = client.run(&document, json!({ "input": input })).await;
    let payload = &data["payload"];
    assert_eq!(payload["userErrors"], json!([]), "{field}: {payload:#}");
    let record = selection.split_whitespace().next().unwrap();
    payload[record].clone()
}

const DELIVERY: &str = "delivery { id version state }";
const TRACKED: &str = "subscription { deliveryChanged { event delivery { id state plannedOn
    order { number } lines { productName quantity { value } delivered { value } } } } }";
const PLACED: &str = "subscription { orderChanged { event order { number state } } }";

async fn tracked(socket: &mut Socket) -> Value {
    let message = socket.next().await;
    let change = &message["payload"]["data"]["deliveryChanged"];
    assert_eq!(change["delivery"]["order"]["number"], 1, "{message:#}");
    json!([change["event"], change["delivery"]["state"]])
}

/// An order on its way to the customer, step by step as he hears of it; gives the delivery.
async fn deliver(portal: &Portal, order: &Value, socket: &mut Socket) -> Value {
    let client = portal.counter.client();
    let input =
        json!({ "orderId": order["id"], "plannedOn": "2099-12-01", "idempotencyKey": key() });
    let plan = ("deliveryPlan", "DeliveryPlanInput");
    let mut delivery = office(client, plan, DELIVERY, input).await;
    assert_eq!(
        tracked(socket).await,
        json!(["delivery.planned", "PLANNED"])
    );
    for (field, heard) in [
        ("deliveryLoad", json!(["delivery.loaded", "LOADED"])),
        (
            "deliveryDispatch",
            json!(["delivery.dispatched", "DISPATCHED"]),
        ),
        (
            "deliveryConfirm",
            json!(["delivery.delivered", "DELIVERED"]),
        ),
    ] {
        let mut input = step(&delivery);
        let ty = crate::deliveries::input_type(field);
        if field == "deliveryConfirm" {
            input["signer"] = json!("Joe");
        }
        delivery = office(client, (field, ty.as_str()), DELIVERY, input).await;
        assert_eq!(tracked(socket).await, heard);
    }
    delivery
}

#[tokio::test]
async fn an_order_is_followed_from_the_portal_to_the_account() {
    let portal = Portal::open().await;
    let (counter, foreman) = (&portal.counter, &portal.foreman.client);
    let server = &counter.yard.server;
    let order = portal.placed("10").await;
    let mut heard = Socket::open(&server.url).await;
    heard.init(portal.owner.client.token().unwrap()).await;
    heard.subscribe("orders", PLACED, json!({})).await;
    heard.settle().await;
    let order = counter.done("orderConfirm", step(&order)).await;
    let message = heard.next().await;
    assert_eq!(
        message["payload"]["data"]["orderChanged"],
        json!({ "event": "order.confirmed", "order": { "number": 1, "state": "CONFIRMED" } })
    );
    let mut socket = Socket::open(&server.url).await;
    socket.init(foreman.token().unwrap()).await;
    socket.subscribe("track", TRACKED, json!({})).await;
    socket.settle().await;
    let delivery = deliver(&portal, &order, &mut socket).await;
    let draft = office(
        counter.client(),
        ("invoiceFromDeliveries", "InvoiceFromDeliveriesInput"),
        "invoices { id version }",
        json!({ "deliveryIds": [delivery["id"]], "idempotencyKey": key() }),
    )
    .await;
    let invoices = "{ invoices { nodes { number state gross { amount } open { amount } dueOn
        lines { description quantity { value } net { amount } } } } }";
    assert_eq!(foreman.get(invoices).await["invoices"]["nodes"], json!([]));
    let post = ("invoicePost", "InvoiceStepInput");
    office(counter.client(), post, "invoice { id }", step(&draft[0])).await;
    let seen = foreman.get(invoices).await["invoices"]["nodes"].clone();
    assert_eq!(seen.as_array().unwrap().len(), 1);
    assert_eq!(number(&seen, "/0/gross/amount"), "95");
    assert_eq!(number(&seen, "/0/open/amount"), "95");
    account(&portal, foreman).await;
}

/// What the customer's people see of the account: a statement, the credit, what is due.
async fn account(portal: &Portal, client: &Client) {
    let query = "query($id: ID!) {
        customerStatement(customerId: $id, from: \"2000-01-01\", to: \"2100-01-01\") {
            closingBalance { amount } lines { nodes { balance { amount } entry { kind } } } }
        creditStatus(customerId: $id) { limit { amount } exposure { debts { amount } } }
        receivablesAgeing(at: \"2100-01-01\") { nodes { buckets { total { amount } } } }
        accountEntries { nodes { kind amount { amount } } } }";
    let customer = &portal.counter.customer;
    let data = client.run(query, json!({ "id": customer })).await;
    let statement = &data["customerStatement"];
    assert_eq!(number(statement, "/closingBalance/amount"), "95");
    assert_eq!(statement["lines"]["nodes"][0]["entry"]["kind"], "INVOICE");
    assert_eq!(number(&data, "/creditStatus/exposure/debts/amount"), "95");
    assert_eq!(
        number(&data, "/receivablesAgeing/nodes/0/buckets/total/amount"),
        "95"
    );
    assert_eq!(number(&data, "/accountEntries/nodes/0/amount/amount"), "95");
}
