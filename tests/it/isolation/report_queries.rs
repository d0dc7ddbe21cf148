//! What one dealer asks about the numbers of another.

use serde_json::json;

use super::queries::{Case, Expect, NO_KEYS};

pub const CASES: &[Case] = &[
    Case {
        field: "dashboard",
        query: "{ dashboard { day orders { count } overdue { amount { amount } } lowStockCount } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "deadStock",
        query: "{ deadStock(first: 200) { nodes { product { id } warehouse { id } value { amount } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "deadStock",
        query: "query($id: ID) { deadStock(warehouseId: $id) { nodes { product { id } } } }",
        keys: |victim| json!({ "id": victim.at("/warehouses/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "fillRate",
        query: "{ fillRate(from: \"2026-01-01\", to: \"2026-12-31\") { orders } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "marginByCustomer",
        query: "{ marginByCustomer(from: \"2026-01-01\", to: \"2026-12-31\") {
            rows { nodes { customer { id name } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "salesReconcile",
        query: "{ salesReconcile { day net { amount } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "salesSummary",
        query: "{ salesSummary(by: JOB, from: \"2026-01-01\", to: \"2026-12-31\") {
            total { net { amount } } rows { nodes { job { id name } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "slowStock",
        query: "{ slowStock(first: 200) { nodes { product { id name } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "topProducts",
        query: "{ topProducts(from: \"2026-01-01\", to: \"2026-12-31\") { product { id sku } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
];
