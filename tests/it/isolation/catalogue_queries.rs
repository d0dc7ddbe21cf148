//! What one dealer asks about the catalogue of another.

use serde_json::json;

use super::queries::{Case, Expect, NO_KEYS, first_barcode};

pub const CASES: &[Case] = &[
    Case {
        field: "attribute",
        query: "query($id: ID) { attribute(id: $id) { id } }",
        keys: |victim| json!({ "id": victim.at("/attributes/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "attribute",
        query: "query($code: String) { attribute(code: $code) { id category { id } unit { id } } }",
        keys: |victim| json!({ "code": victim.at("/attributes/nodes/0/code") }),
        expect: Expect::Own,
    },
    Case {
        field: "attributes",
        query: "{ attributes { totalCount nodes { id category { id path } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "attributes",
        query: "query($id: ID) { attributes(where: { categoryId: { eq: $id } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.at("/categories/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "categories",
        query: "{ categories { nodes { id path ancestors { id } attributes { id } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "products",
        query: "{ products(first: 50) { nodes { id attributes { code text attribute { id } }
            missingAttributes { id } units { barcodes } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "productByBarcode",
        query: "query($barcode: String!) { productByBarcode(barcode: $barcode) { barcode product { id } } }",
        keys: |victim| json!({ "barcode": first_barcode(victim) }),
        expect: Expect::Nothing,
    },
    Case {
        field: "productSearch",
        query: "query($text: String!) { productSearch(query: $text) { totalCount nodes { product { id } } } }",
        keys: |victim| json!({ "text": first_barcode(victim) }),
        expect: Expect::Nothing,
    },
    Case {
        field: "productSearch",
        query: "{ productSearch(query: \"cemnt\") { totalCount nodes { product { id name } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
];
