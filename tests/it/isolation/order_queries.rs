//! What one dealer asks about the orders of another.

use serde_json::json;

use super::queries::{Case, Expect, NO_KEYS};

pub const CASES: &[Case] = &[
    Case {
        field: "order",
        query: "query($id: ID) { order(id: $id) { id lines { id } } }",
        keys: |victim| json!({ "id": victim.at("/orders/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "order",
        query: "{ order(number: 1) { id customer { id } job { id } warehouse { id } totals { gross { amount } }
            history { id } attachments { id } lines { id product { id } reservations { id }
            purchaseOrderLine { id } history { id } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "orders",
        query: "query($id: ID) { orders(where: { customerId: { eq: $id } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.at("/orders/nodes/0/customer/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "orders",
        query: "{ orders { totalCount nodes { id reference lines { id } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "node",
        query: "query($id: ID!) { node(id: $id) { id } }",
        keys: |victim| json!({ "id": victim.at("/orders/nodes/0/lines/0/id") }),
        expect: Expect::Nothing,
    },
];
