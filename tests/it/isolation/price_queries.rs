//! What one dealer asks about the prices of another.

use serde_json::json;

use super::queries::{Case, Expect, NO_KEYS, product_ids};

pub const CASES: &[Case] = &[
    Case {
        field: "priceList",
        query: "query($id: ID) { priceList(id: $id) { id } }",
        keys: |victim| json!({ "id": victim.at("/priceLists/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "priceList",
        query: "query($code: String) { priceList(code: $code) { id name } }",
        keys: |victim| json!({ "code": victim.at("/priceLists/nodes/0/code") }),
        expect: Expect::Own,
    },
    Case {
        field: "priceLists",
        query: "{ priceLists { totalCount nodes { id } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "priceRules",
        query: "query($id: ID) { priceRules(where: { priceListId: $id }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.at("/priceLists/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "priceRules",
        query: "{ priceRules { totalCount nodes { id value priceList { id } customer { id } product { id }
            priceHistory { old new actor } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "taxClasses",
        query: "{ taxClasses { totalCount nodes { id } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "taxRates",
        query: "{ taxRates { totalCount nodes { id taxClass { id } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "taxRates",
        query: "query($id: ID) { taxRates(where: { taxClassId: $id }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.at("/taxClasses/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "priceFor",
        query: "query($id: ID!) { priceFor(productId: $id) { source } }",
        keys: |victim| json!({ "id": victim.at("/products/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "priceChangePreview",
        query: "query($ids: [ID!]) { priceChangePreview(change: { percent: \"5\", where: { id: { oneOf: $ids } } }) {
            nodes: lines { product { id } old } totalCount } }",
        keys: |victim| json!({ "ids": product_ids(victim) }),
        expect: Expect::Nothing,
    },
    Case {
        field: "products",
        query: "{ products(first: 50) { nodes { id price { source rule { id } } priceHistory { new } taxClass { id }
            standardCost { amount } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "customers",
        query: "{ customers(first: 200) { nodes { id priceList { id } jobs { id priceList { id } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
];
