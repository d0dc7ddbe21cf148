//! What one dealer sends about the orders of another.

use serde_json::{Value, json};

use super::attack::Attack;
use super::mutations::{Case, keyed, versioned, with};

const PRODUCT: &str = "/products/nodes/0/id";
const WAREHOUSE: &str = "/warehouses/nodes/0/id";
const LINE: &str = "/orders/nodes/0/lines/0/id";

/// An order of these three.
fn order(customer: &Value, warehouse: &Value, product: &Value) -> Value {
    keyed(
        json!({ "customerId": customer, "warehouseId": warehouse, "lines": [{
        "productId": product, "quantity": { "value": "1" } }] }),
    )
}

/// A step of the victim's order.
fn theirs(attack: &Attack) -> Value {
    keyed(versioned(attack, "orders"))
}

pub const CASES: &[Case] = &[
    Case {
        field: "orderCreate",
        input_type: "OrderCreateInput",
        input: |attack| {
            let own = &attack.attackers;
            order(
                &attack.victims.with_jobs(),
                &own.at(WAREHOUSE),
                &own.at(PRODUCT),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "orderCreate",
        input_type: "OrderCreateInput",
        input: |attack| {
            let own = &attack.attackers;
            order(
                &own.with_jobs(),
                &attack.victims.at(WAREHOUSE),
                &own.at(PRODUCT),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "orderCreate",
        input_type: "OrderCreateInput",
        input: |attack| {
            let own = &attack.attackers;
            order(
                &own.with_jobs(),
                &own.at(WAREHOUSE),
                &attack.victims.at(PRODUCT),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "orderUpdate",
        input_type: "OrderUpdateInput",
        input: |attack| with(versioned(attack, "orders"), "note", "Stolen".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "orderConfirm",
        input_type: "OrderStepInput",
        input: theirs,
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "orderAmend",
        input_type: "OrderAmendInput",
        input: |attack| {
            with(
                theirs(attack),
                "dropLineIds",
                json!([attack.victims.at(LINE)]),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "orderLineCancel",
        input_type: "OrderLineCancelInput",
        input: |attack| json!({ "lineId": attack.victims.at(LINE), "expectedVersion": 1 }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "orderCancel",
        input_type: "OrderStepInput",
        input: theirs,
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "orderClose",
        input_type: "OrderStepInput",
        input: theirs,
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "orderHold",
        input_type: "OrderHoldInput",
        input: |attack| with(versioned(attack, "orders"), "reason", "Stolen".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "orderHoldRelease",
        input_type: "OrderStepInput",
        input: theirs,
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "specialOrderToPurchaseOrder",
        input_type: "SpecialOrderToPurchaseOrderInput",
        input: |attack| keyed(json!({ "lineIds": [attack.victims.at(LINE)] })),
        code: Some("NOT_FOUND"),
    },
];
