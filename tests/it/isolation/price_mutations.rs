//! What one dealer sends about the prices of another.

use serde_json::json;

use super::mutations::{Case, versioned, with};

pub const CASES: &[Case] = &[
    Case {
        field: "taxClassCreate",
        input_type: "TaxClassCreateInput",
        input: |attack| json!({ "code": "OWN", "name": attack.attacker.email }),
        code: None,
    },
    Case {
        field: "taxClassUpdate",
        input_type: "TaxClassUpdateInput",
        input: |attack| with(versioned(attack, "taxClasses"), "name", "Stolen".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "taxRateSet",
        input_type: "TaxRateSetInput",
        input: |attack| json!({ "taxClassId": attack.victims.at("/taxClasses/nodes/0/id"), "rate": "1" }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "priceListCreate",
        input_type: "PriceListCreateInput",
        input: |attack| json!({ "code": "OWN", "name": attack.attacker.email }),
        code: None,
    },
    Case {
        field: "priceListUpdate",
        input_type: "PriceListUpdateInput",
        input: |attack| with(versioned(attack, "priceLists"), "name", "Stolen".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "priceListArchive",
        input_type: "PriceListArchiveInput",
        input: |attack| versioned(attack, "priceLists"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "priceRuleUpsert",
        input_type: "PriceRuleUpsertInput",
        input: |attack| {
            let rule = json!({ "productId": attack.attackers.at("/products/nodes/0/id"), "method": "FIXED", "value": "1" });
            with(
                rule,
                "priceListId",
                attack.victims.at("/priceLists/nodes/0/id"),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "priceRuleUpsert",
        input_type: "PriceRuleUpsertInput",
        input: |attack| {
            let rule = json!({ "productId": attack.attackers.at("/products/nodes/0/id"), "method": "FIXED", "value": "1" });
            with(
                rule,
                "customerId",
                attack.victims.at("/customers/nodes/0/id"),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "priceRuleUpsert",
        input_type: "PriceRuleUpsertInput",
        input: |attack| {
            let rule = json!({ "productId": attack.attackers.at("/products/nodes/0/id"), "method": "FIXED", "value": "1" });
            with(
                rule,
                "jobId",
                attack.victims.at("/customers/nodes/0/jobs/0/id"),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "priceRuleUpsert",
        input_type: "PriceRuleUpsertInput",
        input: |attack| {
            let rule = json!({ "customerId": attack.attackers.at("/customers/nodes/0/id"), "method": "LIST_MINUS", "value": "1" });
            with(rule, "productId", attack.victims.at("/products/nodes/0/id"))
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "priceRuleUpsert",
        input_type: "PriceRuleUpsertInput",
        input: |attack| {
            let rule = json!({ "customerId": attack.attackers.at("/customers/nodes/0/id"), "method": "LIST_MINUS", "value": "1" });
            with(
                rule,
                "categoryId",
                attack.victims.at("/categories/nodes/0/id"),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "priceRuleEnd",
        input_type: "PriceRuleEndInput",
        input: |attack| versioned(attack, "priceRules"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "customerPriceListSet",
        input_type: "CustomerPriceListSetInput",
        input: |attack| versioned(attack, "customers"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "customerPriceListSet",
        input_type: "CustomerPriceListSetInput",
        input: |attack| {
            json!({
                "id": attack.attackers.at("/customers/nodes/0/id"), "expectedVersion": 1,
                "priceListId": attack.victims.at("/priceLists/nodes/0/id"),
            })
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "jobPriceListSet",
        input_type: "JobPriceListSetInput",
        input: |attack| json!({ "id": attack.victims.at("/customers/nodes/0/jobs/0/id"), "expectedVersion": 1 }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "productPricingSet",
        input_type: "ProductPricingSetInput",
        input: |attack| with(versioned(attack, "products"), "standardCost", "1".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "productPricingSet",
        input_type: "ProductPricingSetInput",
        input: |attack| {
            json!({
                "id": attack.attackers.at("/products/nodes/0/id"), "expectedVersion": attack.attackers.at("/products/nodes/0/version"),
                "taxClassId": attack.victims.at("/taxClasses/nodes/0/id"),
            })
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "priceChangeApply",
        input_type: "PriceChangeApplyInput",
        input: |attack| {
            json!({
                "change": { "percent": "5", "where": { "id": { "eq": attack.victims.at("/products/nodes/0/id") } } },
                "token": "stolen", "idempotencyKey": "theft",
            })
        },
        code: Some("CONFLICT"),
    },
];
