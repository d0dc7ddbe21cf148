//! What one dealer sends about the catalogue of another.

use serde_json::json;

use super::mutations::{Case, versioned};

pub const CASES: &[Case] = &[
    Case {
        field: "categoryMove",
        input_type: "CategoryMoveInput",
        input: |attack| versioned(attack, "categories"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "categoryDelete",
        input_type: "CategoryDeleteInput",
        input: |attack| versioned(attack, "categories"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "attributeCreate",
        input_type: "AttributeCreateInput",
        input: |attack| {
            json!({ "categoryId": attack.victims.at("/categories/nodes/0/id"), "code": "stolen",
                "name": "Stolen", "kind": "TEXT" })
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "attributeUpdate",
        input_type: "AttributeUpdateInput",
        input: |attack| versioned(attack, "attributes"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "attributeArchive",
        input_type: "AttributeArchiveInput",
        input: |attack| versioned(attack, "attributes"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "productAttributesSet",
        input_type: "ProductAttributesSetInput",
        input: |attack| json!({ "id": attack.victims.at("/products/nodes/0/id"), "expectedVersion": 1, "values": [] }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "barcodeAdd",
        input_type: "BarcodeAddInput",
        input: |attack| json!({ "productId": attack.victims.at("/products/nodes/0/id"), "barcode": "STOLEN" }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "barcodeRemove",
        input_type: "BarcodeRemoveInput",
        input: |attack| json!({ "productId": attack.victims.at("/products/nodes/0/id"), "barcode": "1" }),
        code: Some("NOT_FOUND"),
    },
    Case {
        // By the SKU, each dealer means his own product.
        field: "productBulkUpsert",
        input_type: "ProductBulkUpsertInput",
        input: |attack| {
            json!({ "rows": [{ "sku": attack.victims.at("/products/nodes/0/sku"), "name": "Stolen",
                "listPrice": "1", "baseUnit": "bag" }] })
        },
        code: None,
    },
];
