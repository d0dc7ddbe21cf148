//! What one dealer asks and sends about the lots of another.

use serde_json::json;

use super::mutations;
use super::queries::{Case, Expect, NO_KEYS, product_ids};

pub const MUTATIONS: &[mutations::Case] = &[mutations::Case {
    field: "lotTrackingSet",
    input_type: "LotTrackingSetInput",
    input: |attack| json!({ "productId": attack.victims.at("/products/nodes/0/id"), "isTracked": true }),
    code: Some("NOT_FOUND"),
}];

pub const QUERIES: &[Case] = &[
    Case {
        field: "lots",
        query: "query($ids: [ID!]) { lots(where: { productId: { oneOf: $ids } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "ids": product_ids(victim) }),
        expect: Expect::Nothing,
    },
    Case {
        field: "lots",
        query: "{ lots { nodes { id code levels { warehouse { id } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "lotTrace",
        query: "query($id: ID!) { lotTrace(lotId: $id) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.at("/lots/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "node",
        query: "query($id: ID!) { node(id: $id) { __typename id } }",
        keys: |victim| json!({ "id": victim.at("/lots/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "stockMovements",
        query: "{ stockMovements(first: 200) { nodes { id lots { lot { id code } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "node",
        query: "query($id: ID!) { node(id: $id) { __typename id } }",
        keys: |victim| json!({ "id": victim.at("/stockReservations/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "products",
        query: "{ products(first: 20) { nodes { id lots { id code } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "goodsReceipts",
        query: "{ goodsReceipts(first: 5) { nodes { id lines { id lots { lot { id } } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "products",
        query: "{ products(first: 200) { nodes { id isKeptByLots } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
];
