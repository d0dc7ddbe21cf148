//! What one dealer asks about the quotes of another.

use serde_json::json;

use super::queries::{Case, Expect, NO_KEYS};

pub const CASES: &[Case] = &[
    Case {
        field: "quote",
        query: "query($id: ID) { quote(id: $id) { id lines { id } revisions { id } order { id } } }",
        keys: |victim| json!({ "id": victim.at("/quotes/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "quote",
        query: "{ quote(number: 1) { id state customer { id } lines { id product { id } } revisions { id } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "quotes",
        query: "query($id: ID) { quotes(where: { customerId: { eq: $id } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.at("/quotes/nodes/0/customer/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "quotes",
        query: "{ quotes { totalCount nodes { id state allowedActions order { id } lines { id } totals { rates { rate } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "node",
        query: "query($id: ID!) { node(id: $id) { id } }",
        keys: |victim| json!({ "id": victim.at("/quotes/nodes/0/id") }),
        expect: Expect::Nothing,
    },
];
