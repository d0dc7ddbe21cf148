//! Sums follow invoices and credit notes as they are posted.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::differences;
use crate::stock::{Yard, decimal, key};

/// A yard with two kinds of goods, and a customer.
struct Counter {
    yard: Yard,
    customer: String,
    goods: [String; 2],
}

/// Each mutation with the type of its input, and what is wanted of its record.
const STEPS: [(&str, &str, &str); 6] = [
    (
        "orderCreate",
        "OrderCreateInput",
        "order { id version lines { id } }",
    ),
    (
        "orderConfirm",
        "OrderStepInput",
        "order { id version lines { id } }",
    ),
    ("deliveryPickup", "DeliveryPickupInput", "delivery { id }"),
    (
        "invoiceFromOrder",
        "InvoiceFromOrderInput",
        "invoice { id version }",
    ),
    (
        "invoicePost",
        "InvoiceStepInput",
        "invoice { id lines { id } }",
    ),
    (
        "creditNoteCreate",
        "CreditNoteCreateInput",
        "invoice { id }",
    ),
];

impl Counter {
    async fn open() -> Self {
        let yard = Yard::open().await;
        let customer = crate::invoices::customer(yard.client(), "BLD", "1000000").await;
        let goods = [
            yard.measured("SAND", "kg", &[]).await,
            yard.measured("LIME", "kg", &[]).await,
        ];
        for goods in &goods {
            yard.put(goods, "1000", "4").await;
        }
        Self {
            yard,
            customer,
            goods,
        }
    }

    async fn done(&self, field: &str, input: Value) -> Value {
        let (_, ty, record) = STEPS.iter().find(|step| step.0 == field).unwrap();
        let document = format!(
            "mutation($input: {ty}!) {{ payload: {field}(input: $input) {{ {record}
                 userErrors {{ code path message }} }} }}"
        );
        let mut input = input;
        input["idempotencyKey"] = json!(key());
        let client = self.yard.client();
        loop {
            let answer = client.send(&document, json!({ "input": input })).await;
            if answer.code() == "OVERLOADED" {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                continue;
            }
            let payload = &answer.body["data"]["payload"];
            assert_eq!(
                payload["userErrors"],
                json!([]),
                "{field}: {:#}",
                answer.body
            );
            return payload[record.split_whitespace().next().unwrap()].clone();
        }
    }

    /// An order whose goods were handed over, and a draft of what it comes to.
    async fn draft(&self, quantity: &str) -> Value {
        let line = |goods: &String| {
            json!({ "productId": goods, "quantity": { "value": quantity }, "unitPrice": "10",
                "priceReason": "as agreed" })
        };
        let lines: Vec<Value> = self.goods.iter().map(line).collect();
        let input = json!({ "customerId": self.customer, "warehouseId": self.yard.warehouses[0],
            "lines": lines, "isPickup": true });
        let order = self.done("orderCreate", input).await;
        let input = json!({ "id": order["id"], "expectedVersion": order["version"] });
        let order = self.done("orderConfirm", input).await;
        let input = json!({ "orderId": order["id"], "signer": "Joe" });
        self.done("deliveryPickup", input).await;
        let input = json!({ "orderId": order["id"], "basis": "DELIVERED" });
        self.done("invoiceFromOrder", input).await
    }

    async fn post(&self, draft: &Value) -> Value {
        let input = json!({ "id": draft["id"], "expectedVersion": draft["version"] });
        self.done("invoicePost", input).await
    }

    /// Net, cost, margin and lines of today.
    async fn today(&self) -> [String; 4] {
        let query = "{ dashboard { sales { today {
            net { amount } cost { amount } margin { amount } lines } } } }";
        let data = self.yard.client().get(query).await;
        let today = &data["dashboard"]["sales"]["today"];
        let amount = |field: &str| decimal(today[field]["amount"].as_str().unwrap());
        [
            amount("net"),
            amount("cost"),
            amount("margin"),
            today["lines"].to_string(),
        ]
    }

    async fn assert_reconciled(&self) {
        let found = differences(&self.yard.dealer).await;
        assert_eq!(found, json!({ "stockReconcile": [], "salesReconcile": [] }));
    }
}

#[tokio::test]
async fn sums_follow_what_is_posted_and_credited() {
    let counter = Counter::open().await;
    let draft = counter.draft("10").await;
    assert_eq!(counter.today().await, ["0", "0", "0", "0"]);
    let invoice = counter.post(&draft).await;
    assert_eq!(counter.today().await, ["200", "80", "120", "2"]);
    // Some goods of one line that the customer keeps; then an allowance for no goods.
    let lines = json!([{ "lineId": invoice["lines"][0]["id"], "quantity": "3" }]);
    let credit = |more: (&str, Value)| {
        let mut input = json!({ "invoiceId": invoice["id"], "reason": "it was wrong" });
        input[more.0] = more.1;
        input
    };
    counter
        .done("creditNoteCreate", credit(("lines", lines)))
        .await;
    assert_eq!(counter.today().await, ["170", "80", "90", "2"]);
    let amounts = json!([{ "taxRate": "0", "net": "5" }]);
    counter
        .done("creditNoteCreate", credit(("amounts", amounts)))
        .await;
    assert_eq!(counter.today().await, ["165", "80", "85", "2"]);
    counter.assert_reconciled().await;
    let query =
        "query($by: SalesBy!) { salesSummary(by: $by, from: \"2020-01-01\", to: \"2029-12-01\") {
        rows { nodes { salespersonId customer { code } product { sku } quantity { value }
            figures { net { amount } } } } } }";
    let rows = async |by: &str| {
        let data = counter.yard.client().run(query, json!({ "by": by })).await;
        data["salesSummary"]["rows"]["nodes"]
            .as_array()
            .unwrap()
            .clone()
    };
    let products = rows("PRODUCT").await;
    let of = |row: &Value| {
        let quantity = row["quantity"]["value"].as_str().map(decimal);
        (row["product"]["sku"].clone(), quantity)
    };
    assert_eq!(
        products.iter().map(of).collect::<Vec<_>>(),
        [
            (json!("LIME"), Some("10".to_owned())),
            (json!("SAND"), Some("7".to_owned())),
            (Value::Null, None)
        ]
    );
    let customers = rows("CUSTOMER").await;
    assert_eq!(customers.len(), 1);
    assert_eq!(customers[0]["customer"]["code"], "BLD");
    // The order was written by the owner; the allowance is of no order.
    let sellers = rows("SALESPERSON").await;
    let seller = json!(counter.yard.dealer.owner.to_string());
    let sellers: Vec<_> = sellers
        .iter()
        .map(|row| row["salespersonId"].clone())
        .collect();
    assert_eq!(sellers, [seller, Value::Null]);
}

#[tokio::test]
async fn only_goods_that_are_billed_again_take_their_cost_off() {
    let counter = Counter::open().await;
    let draft = counter.draft("10").await;
    let invoice = counter.post(&draft).await;
    let line = |index: usize, what: &str| {
        let mut line = json!({ "lineId": invoice["lines"][index]["id"] });
        line[what] = json!("3");
        json!([line])
    };
    let credit = async |lines: Value, is_billed_again: bool| {
        let input = json!({ "invoiceId": invoice["id"], "reason": "it was wrong",
            "lines": lines, "isBilledAgain": is_billed_again });
        counter.done("creditNoteCreate", input).await;
        counter.today().await
    };
    let [net, cost, margin, _] = credit(line(0, "amount"), false).await;
    assert_eq!([net, cost, margin], ["197", "80", "117"]);
    let [net, cost, margin, _] = credit(line(0, "quantity"), false).await;
    assert_eq!([net, cost, margin], ["167", "80", "87"]);
    let [net, cost, margin, _] = credit(line(1, "quantity"), true).await;
    assert_eq!([net, cost, margin], ["137", "68", "69"]);
    counter.assert_reconciled().await;
    let query = "{ salesSummary(by: CUSTOMER, from: \"2020-01-01\", to: \"2029-12-01\") {
        total { net { amount } cost { amount } margin { amount } } } }";
    let data = counter.yard.client().get(query).await;
    let total = &data["salesSummary"]["total"];
    let amount = |field: &str| decimal(total[field]["amount"].as_str().unwrap());
    assert_eq!(
        [amount("net"), amount("cost"), amount("margin")],
        ["137", "68", "69"]
    );
}

#[tokio::test]
async fn invoices_posted_at_once_are_all_counted() {
    let counter = Counter::open().await;
    let mut drafts = Vec::new();
    for _ in 0..8 {
        drafts.push(counter.draft("1").await);
    }
    join_all(drafts.iter().map(|draft| counter.post(draft))).await;
    assert_eq!(counter.today().await, ["160", "64", "96", "16"]);
    counter.assert_reconciled().await;
}
