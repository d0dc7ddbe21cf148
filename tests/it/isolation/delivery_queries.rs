//! What one dealer asks about the deliveries of another.

use serde_json::json;

use super::queries::{Case, Expect, NO_KEYS};

pub const CASES: &[Case] = &[
    Case {
        field: "delivery",
        query: "query($id: ID) { delivery(id: $id) { id lines { id } } }",
        keys: |victim| json!({ "id": victim.at("/deliveries/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "delivery",
        query:
            "{ delivery(number: 1) { id order { id deliveries { id } } customer { id } job { id }
            warehouse { id } run { id } lines { id orderLine { id } product { id } unitCode }
            attachments { id } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "deliveries",
        query: "query($id: ID) { deliveries(where: { orderId: { eq: $id } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.at("/deliveries/nodes/0/order/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "deliveries",
        query: "{ deliveries { totalCount nodes { id recipient signer } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "deliveryRun",
        query: "query($id: ID) { deliveryRun(id: $id) { id deliveries { id } } }",
        keys: |victim| json!({ "id": victim.at("/deliveryRuns/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "deliveryRun",
        query: "{ deliveryRun(number: 1) { id truck warehouse { id } deliveries { id } history { id } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "deliveryRuns",
        query: "{ deliveryRuns { totalCount nodes { id truck } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "myRuns",
        query: "{ myRuns(on: \"2026-12-01\") { id truck deliveries { id } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
];
