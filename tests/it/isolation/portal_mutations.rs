//! What one dealer sends about what the other's customers place.

use serde_json::json;

use super::attack::Attack;
use super::mutations::{Case, keyed, versioned, with};

/// A step of the victim's order.
fn theirs(attack: &Attack) -> serde_json::Value {
    keyed(versioned(attack, "orders"))
}

pub const CASES: &[Case] = &[
    Case {
        field: "orderPlace",
        input_type: "OrderPlaceInput",
        // He stands for no customer; what contractors meet is tried in tests/it/portal.
        input: |attack| {
            keyed(
                json!({ "lines": [{ "productId": attack.victims.at("/products/nodes/0/id"),
                "quantity": { "value": "1" } }] }),
            )
        },
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "orderApprove",
        input_type: "OrderStepInput",
        input: theirs,
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "orderDecline",
        input_type: "OrderDeclineInput",
        input: |attack| with(theirs(attack), "reason", "Stolen".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "orderWithdraw",
        input_type: "OrderStepInput",
        input: theirs,
        code: Some("NOT_FOUND"),
    },
];
