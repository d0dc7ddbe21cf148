//! What one dealer asks about the counts of another, and what can be had there.

use serde_json::json;

use super::queries::{Case, Expect, NO_KEYS, product_ids};

pub const CASES: &[Case] = &[
    Case {
        field: "stockCount",
        query: "query($id: ID) { stockCount(id: $id) { id } }",
        keys: |victim| json!({ "id": victim.at("/stockCounts/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "stockCount",
        query: "{ stockCount(number: 1) { id lineCount lines { id product { id } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "stockCounts",
        query: "query($id: ID!) { stockCounts(where: { warehouseId: { eq: $id } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.at("/stockCounts/nodes/0/warehouse/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "stockCounts",
        query: "{ stockCounts { nodes { id countedLines warehouse { id } lines { id } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "node",
        query: "query($id: ID!) { node(id: $id) { __typename id } }",
        keys: |victim| json!({ "id": victim.at("/stockCounts/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "availability",
        query: "query($ids: [ID!]!) { availability(productIds: $ids) { available { value } } }",
        keys: |victim| json!({ "ids": product_ids(victim) }),
        expect: Expect::Nothing,
    },
    Case {
        field: "products",
        query: "query($id: ID!) { products(first: 50) { nodes { id all: availability { warehouses { warehouse { id } } }
            availability(warehouseIds: [$id]) { available { value } warehouses { warehouse { id } } } } } }",
        keys: |victim| json!({ "id": victim.at("/stockCounts/nodes/0/warehouse/id") }),
        expect: Expect::Own,
    },
];
