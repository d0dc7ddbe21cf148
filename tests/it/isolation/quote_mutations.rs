//! What one dealer sends about the quotes of another.

use serde_json::{Value, json};

use super::attack::Attack;
use super::mutations::{Case, keyed, versioned, with};

const PRODUCT: &str = "/products/nodes/0/id";
const WAREHOUSE: &str = "/warehouses/nodes/0/id";

/// A quote of one of this product.
fn quote((customer, product): (Value, Value), key: &str) -> Value {
    json!({ "customerId": customer, "validUntil": "2999-12-31", "idempotencyKey": key,
        "lines": [{ "productId": product, "quantity": { "value": "1" } }] })
}

/// A draft of the attacker's own.
fn own_draft(attack: &Attack) -> Value {
    json!({ "id": attack.attackers.at("/quotes/nodes/2/id"), "expectedVersion": 1 })
}

pub const CASES: &[Case] = &[
    Case {
        field: "quoteCreate",
        input_type: "QuoteCreateInput",
        input: |attack| {
            let own = &attack.attackers;
            quote((attack.victims.with_jobs(), own.at(PRODUCT)), "a quote")
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "quoteCreate",
        input_type: "QuoteCreateInput",
        input: |attack| {
            let own = &attack.attackers;
            quote(
                (own.with_jobs(), attack.victims.at(PRODUCT)),
                "another quote",
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "quoteCreate",
        input_type: "QuoteCreateInput",
        input: |attack| {
            let own = &attack.attackers;
            let quote = quote((own.with_jobs(), own.at(PRODUCT)), "a third quote");
            with(quote, "warehouseId", attack.victims.at(WAREHOUSE))
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "quoteCreate",
        input_type: "QuoteCreateInput",
        input: |attack| {
            let own = &attack.attackers;
            let quote = quote((own.with_jobs(), own.at(PRODUCT)), "a fourth quote");
            with(quote, "jobId", attack.victims.first("job_"))
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "quoteUpdate",
        input_type: "QuoteUpdateInput",
        input: |attack| versioned(attack, "quotes"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "quoteUpdate",
        input_type: "QuoteUpdateInput",
        input: |attack| {
            with(
                own_draft(attack),
                "warehouseId",
                attack.victims.at(WAREHOUSE),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "quoteSend",
        input_type: "QuoteStepInput",
        input: |attack| versioned(attack, "quotes"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "quoteAccept",
        input_type: "QuoteAcceptInput",
        input: |attack| versioned(attack, "quotes"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "quoteReject",
        input_type: "QuoteRejectInput",
        input: |attack| with(versioned(attack, "quotes"), "reason", "no".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "quoteRevise",
        input_type: "QuoteReviseInput",
        input: |attack| keyed(versioned(attack, "quotes")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "quoteToOrder",
        input_type: "QuoteToOrderInput",
        input: |attack| keyed(versioned(attack, "quotes")),
        code: Some("NOT_FOUND"),
    },
];
