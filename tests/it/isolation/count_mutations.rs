//! What one dealer sends about the counts of another.

use serde_json::json;

use super::mutations::{Case, keyed, versioned};

pub const CASES: &[Case] = &[
    Case {
        field: "stockCountOpen",
        input_type: "StockCountOpenInput",
        input: |attack| {
            keyed(json!({ "warehouseId": attack.victims.at("/warehouses/nodes/0/id") }))
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "stockCountOpen",
        input_type: "StockCountOpenInput",
        input: |attack| {
            keyed(
                json!({ "warehouseId": attack.attackers.at("/warehouses/nodes/0/id"),
                "productIds": [attack.victims.at("/products/nodes/0/id")] }),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "stockCountOpen",
        input_type: "StockCountOpenInput",
        input: |attack| {
            keyed(
                json!({ "warehouseId": attack.attackers.at("/warehouses/nodes/0/id"),
                "categoryId": attack.victims.at("/categories/nodes/0/id") }),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "stockCountRecord",
        input_type: "StockCountRecordInput",
        input: |attack| {
            keyed(
                json!({ "id": attack.victims.at("/stockCounts/nodes/0/id"), "lines": [{
                "productId": attack.victims.at("/products/nodes/0/id"), "quantity": { "value": "1" } }] }),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "stockCountRecord",
        input_type: "StockCountRecordInput",
        input: |attack| {
            keyed(
                json!({ "id": attack.attackers.at("/stockCounts/nodes/0/id"), "lines": [{
                "productId": attack.victims.at("/products/nodes/0/id"), "quantity": { "value": "1" } }] }),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "stockCountPost",
        input_type: "StockCountPostInput",
        input: |attack| keyed(versioned(attack, "stockCounts")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "stockCountCancel",
        input_type: "StockCountCancelInput",
        input: |attack| keyed(versioned(attack, "stockCounts")),
        code: Some("NOT_FOUND"),
    },
];
