//! What one dealer asks about the purchases of another.

use serde_json::json;

use super::queries::{Case, Expect, NO_KEYS, product_ids};

pub const CASES: &[Case] = &[
    Case {
        field: "supplier",
        query: "query($id: ID) { supplier(id: $id) { id name items { id } } }",
        keys: |victim| json!({ "id": victim.at("/suppliers/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "supplier",
        query: "query($code: String) { supplier(code: $code) { id name items { id product { id } } } }",
        keys: |victim| json!({ "code": victim.at("/suppliers/nodes/0/code") }),
        expect: Expect::Own,
    },
    Case {
        field: "suppliers",
        query: "{ suppliers { totalCount nodes { id name items { id supplier { id } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "products",
        query: "{ products(first: 200) { nodes { id supplierItems { id supplier { id name } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "products",
        query: "query($ids: [ID!]) { products(where: { id: { oneOf: $ids } }) { totalCount nodes { supplierItems { id } } } }",
        keys: |victim| json!({ "ids": product_ids(victim) }),
        expect: Expect::Nothing,
    },
    Case {
        field: "purchaseOrder",
        query: "query($id: ID) { purchaseOrder(id: $id) { id lines { id } } }",
        keys: |victim| json!({ "id": victim.at("/purchaseOrders/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "purchaseOrder",
        query: "{ purchaseOrder(number: 1) { id supplier { id } lines { id product { id } } receipts { id } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "purchaseOrders",
        query: "query($id: ID) { purchaseOrders(where: { supplierId: { eq: $id } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.at("/suppliers/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "purchaseOrders",
        query: "{ purchaseOrders { totalCount nodes { id warehouse { id } total { amount } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "goodsReceipt",
        query: "query($id: ID) { goodsReceipt(id: $id) { id lines { id } } }",
        keys: |victim| json!({ "id": victim.at("/goodsReceipts/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "goodsReceipt",
        query: "{ goodsReceipt(number: 1) { id purchaseOrder { id } supplier { id } lines { id orderLine { id } } landedCosts { id } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "goodsReceipts",
        query: "query($id: ID) { goodsReceipts(where: { purchaseOrderId: { eq: $id } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.at("/purchaseOrders/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "goodsReceipts",
        query: "{ goodsReceipts { totalCount nodes { id lines { id product { id } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
];
