//! What one dealer sends about the purchases of another.

use serde_json::{Value, json};

use super::attack::Attack;
use super::mutations::{Case, keyed, versioned, with};

const SUPPLIER: &str = "/suppliers/nodes/0/id";
const PRODUCT: &str = "/products/nodes/0/id";
const WAREHOUSE: &str = "/warehouses/nodes/0/id";

/// An order of these three.
fn order(supplier: &Value, warehouse: &Value, product: &Value) -> Value {
    keyed(
        json!({ "supplierId": supplier, "warehouseId": warehouse, "lines": [{
        "productId": product, "quantity": { "value": "1" }, "unitCost": "1" }] }),
    )
}

/// An order of the attacker's own with one line of a receipt that is the victim's.
fn receipt(attack: &Attack) -> Value {
    let line = attack.victims.at("/purchaseOrders/nodes/0/lines/0/id");
    keyed(
        json!({ "purchaseOrderId": attack.attackers.at("/purchaseOrders/nodes/0/id"),
        "lines": [{ "lineId": line, "quantity": { "value": "1" } }] }),
    )
}

pub const CASES: &[Case] = &[
    Case {
        field: "supplierCreate",
        input_type: "SupplierCreateInput",
        input: |attack| json!({ "code": "OWN", "name": attack.attacker.email }),
        code: None,
    },
    Case {
        field: "supplierUpdate",
        input_type: "SupplierUpdateInput",
        input: |attack| with(versioned(attack, "suppliers"), "name", "Stolen".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "supplierArchive",
        input_type: "SupplierVersionInput",
        input: |attack| versioned(attack, "suppliers"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "supplierRestore",
        input_type: "SupplierVersionInput",
        input: |attack| versioned(attack, "suppliers"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "supplierItemSet",
        input_type: "SupplierItemSetInput",
        input: |attack| json!({ "supplierId": attack.victims.at(SUPPLIER), "productId": attack.attackers.at(PRODUCT) }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "supplierItemSet",
        input_type: "SupplierItemSetInput",
        input: |attack| json!({ "supplierId": attack.attackers.at(SUPPLIER), "productId": attack.victims.at(PRODUCT) }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "supplierItemRemove",
        input_type: "SupplierItemRemoveInput",
        input: |attack| json!({ "id": attack.victims.at("/suppliers/nodes/0/items/0/id"), "expectedVersion": 2 }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "purchaseOrderCreate",
        input_type: "PurchaseOrderCreateInput",
        input: |attack| {
            let own = &attack.attackers;
            order(
                &attack.victims.at(SUPPLIER),
                &own.at(WAREHOUSE),
                &own.at(PRODUCT),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "purchaseOrderCreate",
        input_type: "PurchaseOrderCreateInput",
        input: |attack| {
            let own = &attack.attackers;
            let order = order(
                &own.at(SUPPLIER),
                &attack.victims.at(WAREHOUSE),
                &own.at(PRODUCT),
            );
            with(order, "idempotencyKey", "another".into())
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "purchaseOrderCreate",
        input_type: "PurchaseOrderCreateInput",
        input: |attack| {
            let own = &attack.attackers;
            let order = order(
                &own.at(SUPPLIER),
                &own.at(WAREHOUSE),
                &attack.victims.at(PRODUCT),
            );
            with(order, "idempotencyKey", "a third".into())
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "purchaseOrderUpdate",
        input_type: "PurchaseOrderUpdateInput",
        input: |attack| versioned(attack, "purchaseOrders"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "purchaseOrderSend",
        input_type: "PurchaseOrderStepInput",
        input: |attack| keyed(versioned(attack, "purchaseOrders")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "purchaseOrderCancel",
        input_type: "PurchaseOrderStepInput",
        input: |attack| versioned(attack, "purchaseOrders"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "purchaseOrderClose",
        input_type: "PurchaseOrderStepInput",
        input: |attack| versioned(attack, "purchaseOrders"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "goodsReceive",
        input_type: "GoodsReceiveInput",
        input: |attack| {
            keyed(json!({ "purchaseOrderId": attack.victims.at("/purchaseOrders/nodes/0/id") }))
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "goodsReceive",
        input_type: "GoodsReceiveInput",
        input: |attack| with(receipt(attack), "idempotencyKey", "another".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "reorderToPurchaseOrders",
        input_type: "ReorderToPurchaseOrdersInput",
        input: |attack| keyed(json!({ "warehouseId": attack.victims.at(WAREHOUSE) })),
        code: Some("NOT_FOUND"),
    },
];
