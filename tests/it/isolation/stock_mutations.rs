//! What one dealer sends about the stock of another.

use serde_json::json;

use super::mutations::{Case, keyed, versioned};

pub const CASES: &[Case] = &[
    Case {
        field: "stockAdjust",
        input_type: "StockAdjustInput",
        input: |attack| {
            json!({ "warehouseId": attack.victims.at("/warehouses/nodes/0/id"), "reason": "LOSS",
                "lines": [{ "productId": attack.victims.at("/products/nodes/0/id"), "direction": "IN",
                    "quantity": { "value": "1" } }], "idempotencyKey": "attack" })
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "stockHold",
        input_type: "StockHoldInput",
        input: |attack| {
            json!({ "warehouseId": attack.victims.at("/warehouses/nodes/0/id"), "reason": "mine",
                "productId": attack.victims.at("/products/nodes/0/id"), "quantity": { "value": "1" },
                "idempotencyKey": "attack" })
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "stockHoldRelease",
        input_type: "StockHoldReleaseInput",
        input: |attack| versioned(attack, "stockReservations"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "stockLevelSet",
        input_type: "StockLevelSetInput",
        input: |attack| {
            json!({ "warehouseId": attack.victims.at("/warehouses/nodes/0/id"), "reorderPoint": "1",
                "productId": attack.victims.at("/products/nodes/0/id") })
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "transferCreate",
        input_type: "TransferCreateInput",
        input: |attack| {
            json!({ "fromId": attack.victims.at("/warehouses/nodes/0/id"), "idempotencyKey": "attack",
                "toId": attack.victims.at("/warehouses/nodes/1/id"), "lines": [{
                    "productId": attack.victims.at("/products/nodes/0/id"), "quantity": { "value": "1" } }] })
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "transferApprove",
        input_type: "TransferStepInput",
        input: |attack| keyed(versioned(attack, "transfers")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "transferCancel",
        input_type: "TransferStepInput",
        input: |attack| keyed(versioned(attack, "transfers")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "transferDispatch",
        input_type: "TransferStepInput",
        input: |attack| keyed(versioned(attack, "transfers")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "transferReceive",
        input_type: "TransferReceiveInput",
        input: |attack| keyed(versioned(attack, "transfers")),
        code: Some("NOT_FOUND"),
    },
];
