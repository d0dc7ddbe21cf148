//! What one dealer asks about the returns of another.

use serde_json::json;

use super::queries::{Case, Expect, NO_KEYS};

pub const CASES: &[Case] = &[
    Case {
        field: "return",
        query: "query($id: ID) { return(id: $id) { id lines { id } order { id } } }",
        keys: |victim| json!({ "id": victim.at("/returns/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "return",
        query: "{ return(number: 1) { id order { id } customer { id } lines { id orderLine { id } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "returns",
        query: "query($id: ID) { returns(where: { orderId: { eq: $id } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.at("/returns/nodes/0/order/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "returns",
        query: "{ returns { totalCount nodes { id warehouse { id } lines { id product { id } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "node",
        query: "query($id: ID!) { node(id: $id) { id } }",
        keys: |victim| json!({ "id": victim.at("/returns/nodes/0/id") }),
        expect: Expect::Nothing,
    },
];
