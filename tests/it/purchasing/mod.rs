//! Buying: suppliers, purchase orders, receipts, and orders of what runs out.

mod costs;
mod flow;
mod lots;
mod once;
mod over;
mod reorder;
mod rights;
mod statements;
mod states;
mod suppliers;
mod together;

use serde_json::{Value, json};
use tubex::tenancy::{Access, TenantTx};

use crate::stock::{Yard, key};
use crate::support::payloads::{self, number, refused, step};
use crate::support::{Client, TestDealer};

const ORDER: &str = "purchaseOrder { id number state version allowedActions total { amount currency }
    reference note sentAt supplier { code } warehouse { code }
    lines { id product { id } quantity { value unit { code } inBase } unitCost { amount } amount { amount }
        received { value inBase } open { value inBase } expectedOn } }";
const RECEIPT: &str = "goodsReceipt { id number deliveryNote note
    lines { id quantity { value unit { code } inBase } weight goodsCost { amount } landedCost { amount }
        baseCost { amount } orderLine { id received { inBase } } }
    landedCosts { kind basis amount { amount } note } purchaseOrder { id state version } }";
const ITEM: &str = "supplierItem { id version sku unit { code } leadDays minQuantity isPreferred
    lastCost { amount } supplier { code } product { id } }";
const SUPPLIER: &str =
    "supplier { id version code name tolerance leadDays termsDays email archivedAt
    allowedActions items { id } }";
const REORDERED: &str = "purchaseOrders { id number state supplier { code } note
    lines { id product { id } quantity { value unit { code } inBase } unitCost { amount } } }
    left { product { id } quantity { value } reason }";

/// What a mutation of this area answers, apart from its refusals.
fn selection(field: &str) -> &'static str {
    match field {
        "supplierItemSet" | "supplierItemRemove" => ITEM,
        "goodsReceive" => RECEIPT,
        "reorderToPurchaseOrders" => REORDERED,
        _ if field.starts_with("supplier") => SUPPLIER,
        _ => ORDER,
    }
}

/// The type of a mutation's input.
pub fn input_type(field: &str) -> String {
    match field {
        "supplierArchive" | "supplierRestore" => "SupplierVersionInput".to_owned(),
        "purchaseOrderSend" | "purchaseOrderCancel" | "purchaseOrderClose" => {
            "PurchaseOrderStepInput".to_owned()
        }
        _ => payloads::own_input(field),
    }
}

fn document(field: &str) -> String {
    payloads::document(field, &input_type(field), selection(field))
}

/// Sends a mutation; gives its payload.
async fn mutate(client: &Client, field: &str, input: Value) -> Value {
    payloads::payload(client, &document(field), input).await
}

/// Sends a mutation that must succeed; gives its record.
async fn done(client: &Client, field: &str, input: Value) -> Value {
    let payload = mutate(client, field, input).await;
    payloads::record(field, selection(field), &payload)
}

/// A line of an order.
fn line(product: &str, quantity: &str, cost: &str) -> Value {
    json!({ "productId": product, "quantity": { "value": quantity }, "unitCost": cost })
}

/// A line of a receipt.
fn came(order: &Value, index: usize, quantity: &str) -> Value {
    json!({ "lineId": order["lines"][index]["id"], "quantity": { "value": quantity } })
}

/// A dealer with two yards, and a supplier who may bring a tenth more.
struct Office {
    yard: Yard,
    supplier: String,
}

impl Office {
    async fn open() -> Self {
        let yard = Yard::open().await;
        let input = json!({ "code": "MILL", "name": "The Mill", "tolerance": "10", "leadDays": 7 });
        let made = done(yard.client(), "supplierCreate", input).await;
        let supplier = made["id"].as_str().unwrap().to_owned();
        Self { yard, supplier }
    }

    fn client(&self) -> &Client {
        self.yard.client()
    }

    async fn mutate(&self, field: &str, input: Value) -> Value {
        mutate(self.client(), field, input).await
    }

    async fn done(&self, field: &str, input: Value) -> Value {
        done(self.client(), field, input).await
    }

    /// Another supplier; gives its id.
    async fn another(&self, code: &str) -> String {
        let made = self
            .done("supplierCreate", json!({ "code": code, "name": code }))
            .await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// Says how a supplier delivers a product.
    async fn item(&self, supplier: &str, product: &str, more: Value) -> Value {
        let mut input = json!({ "supplierId": supplier, "productId": product });
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        self.done("supplierItemSet", input).await
    }

    /// The input of an order for the first yard.
    fn order_input(&self, lines: &Value) -> Value {
        json!({ "supplierId": self.supplier, "warehouseId": self.yard.warehouses[0],
            "lines": lines, "idempotencyKey": key() })
    }

    async fn draft(&self, lines: Value) -> Value {
        self.done("purchaseOrderCreate", self.order_input(&lines))
            .await
    }

    /// The payload of a step of an order.
    async fn step(&self, field: &str, order: &Value) -> Value {
        self.mutate(field, step(order)).await
    }

    async fn sent(&self, lines: Value) -> Value {
        let draft = self.draft(lines).await;
        self.done("purchaseOrderSend", step(&draft)).await
    }

    /// The payload of a receipt; without lines, all that is open.
    async fn receive(&self, order: &Value, lines: Value) -> Value {
        self.mutate("goodsReceive", receipt(order, lines)).await
    }

    /// The order as it is now.
    async fn order(&self, order: &Value) -> Value {
        let query = format!(
            "query($id: ID) {{ {} }}",
            ORDER.replacen("purchaseOrder", "purchaseOrder(id: $id)", 1)
        );
        let data = self
            .client()
            .run(&query, json!({ "id": order["id"] }))
            .await;
        data["purchaseOrder"].clone()
    }

    /// A transaction on the dealer, in the name of the program.
    async fn begin(&self) -> TenantTx {
        payloads::begin(&self.yard.server, &self.yard.dealer, Access::Read).await
    }

    async fn told(&self, entity: &str) -> Vec<String> {
        crate::stock::told(&self.yard.dealer, entity).await
    }
}

/// The input of a receipt.
fn receipt(order: &Value, lines: Value) -> Value {
    let mut input = json!({ "purchaseOrderId": order["id"], "idempotencyKey": key() });
    input["lines"] = lines;
    input
}

/// Some of everything, so that there is something to see: a supplier with an item, an order
/// of which some has come, and the receipt of that. Gives their ids.
pub async fn buy_some(dealer: &TestDealer) -> Value {
    let client = &dealer.client;
    let query = "{ products(first: 1, where: { kind: STOCK }) { nodes { id } } warehouses(first: 1) { nodes { id } } }";
    let data = client.get(query).await;
    let (product, warehouse) = (
        &data["products"]["nodes"][0]["id"],
        &data["warehouses"]["nodes"][0]["id"],
    );
    let input = json!({ "code": "MILL", "name": format!("Mill of {}", dealer.id) });
    let supplier = done(client, "supplierCreate", input).await;
    let input = json!({ "supplierId": supplier["id"], "productId": product, "lastCost": "2", "isPreferred": true });
    let item = done(client, "supplierItemSet", input).await;
    let lines = json!([{ "productId": product, "quantity": { "value": "5" } }]);
    let input = json!({ "supplierId": supplier["id"], "warehouseId": warehouse, "lines": lines, "idempotencyKey": key() });
    let order = done(client, "purchaseOrderCreate", input).await;
    let order = done(client, "purchaseOrderSend", step(&order)).await;
    let mut input = receipt(&order, json!([came(&order, 0, "1")]));
    input["landedCosts"] = json!([{ "kind": "FREIGHT", "amount": "1" }]);
    let receipt = done(client, "goodsReceive", input).await;
    json!({ "supplier": supplier["id"], "item": item["id"], "order": order["id"], "receipt": receipt["id"] })
}

/// Has a product run out that nobody delivers; gives the id of the warehouse.
pub async fn run_out(dealer: &TestDealer) -> Value {
    let query = "{ products(last: 1, where: { kind: STOCK }) { nodes { id } } warehouses(first: 1) { nodes { id } } }";
    let data = dealer.client.get(query).await;
    let warehouse = data["warehouses"]["nodes"][0]["id"].clone();
    let set = "mutation($input: StockLevelSetInput!) { stockLevelSet(input: $input) { userErrors { code path } } }";
    let input = json!({ "productId": data["products"]["nodes"][0]["id"], "warehouseId": warehouse,
        "reorderPoint": "1000000" });
    let set = dealer.client.run(set, json!({ "input": input })).await;
    assert_eq!(set["stockLevelSet"]["userErrors"], json!([]));
    warehouse
}
