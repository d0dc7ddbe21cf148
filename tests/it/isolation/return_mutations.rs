//! What one dealer sends about the returns of another.

use serde_json::{Value, json};

use super::mutations::{Case, keyed, versioned, with};

const ORDER: &str = "/returns/nodes/0/order/id";
const ORDER_LINE: &str = "/returns/nodes/0/lines/0/orderLine/id";

/// A return of one of a line of an order.
fn back((order, line): (Value, Value), key: &str) -> Value {
    json!({ "orderId": order, "reason": "R", "idempotencyKey": key,
        "lines": [{ "orderLineId": line, "quantity": { "value": "1" } }] })
}

pub const CASES: &[Case] = &[
    Case {
        field: "returnRequest",
        input_type: "ReturnRequestInput",
        input: |attack| {
            let victims = &attack.victims;
            back((victims.at(ORDER), victims.at(ORDER_LINE)), "a return")
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "returnRequest",
        input_type: "ReturnRequestInput",
        input: |attack| {
            let line = attack.victims.at(ORDER_LINE);
            back((attack.attackers.at(ORDER), line), "another return")
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "returnRequest",
        input_type: "ReturnRequestInput",
        input: |attack| {
            let own = &attack.attackers;
            let back = back((own.at(ORDER), own.at(ORDER_LINE)), "a third return");
            with(
                back,
                "warehouseId",
                attack.victims.at("/warehouses/nodes/0/id"),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "returnApprove",
        input_type: "ReturnApproveInput",
        input: |attack| versioned(attack, "returns"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "returnReject",
        input_type: "ReturnRejectInput",
        input: |attack| with(versioned(attack, "returns"), "answer", "no".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "returnReceive",
        input_type: "ReturnReceiveInput",
        input: |attack| keyed(versioned(attack, "returns")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "returnCredit",
        input_type: "ReturnCreditInput",
        input: |attack| keyed(versioned(attack, "returns")),
        code: Some("NOT_FOUND"),
    },
];
