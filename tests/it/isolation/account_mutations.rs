//! Mutations on customers, their accounts and credit, with the ids of another dealer.

use serde_json::{Value, json};

use super::attack::Attack;
use super::mutations::{Case, versioned, with};

fn job_like(attack: &Attack, prefix: &str) -> Value {
    json!({ "id": attack.victims.first(prefix), "expectedVersion": 1 })
}

fn tomorrow() -> String {
    (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339()
}

pub const CASES: &[Case] = &[
    Case {
        field: "customerCreate",
        input_type: "CustomerCreateInput",
        input: |attack| json!({ "code": "OWN", "name": "Own", "notes": attack.victim.email }),
        code: None,
    },
    Case {
        field: "customerUpdate",
        input_type: "CustomerUpdateInput",
        input: |attack| with(versioned(attack, "customers"), "name", json!("Stolen")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "customerArchive",
        input_type: "CustomerVersionInput",
        input: |attack| versioned(attack, "customers"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "customerRestore",
        input_type: "CustomerVersionInput",
        input: |attack| versioned(attack, "customers"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "customerHoldRelease",
        input_type: "CustomerVersionInput",
        input: |attack| versioned(attack, "customers"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "customerHoldSet",
        input_type: "CustomerHoldSetInput",
        input: |attack| with(versioned(attack, "customers"), "reason", json!("spite")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "contactAdd",
        input_type: "ContactAddInput",
        input: |attack| json!({ "customerId": attack.victims.first("cus_"), "name": "Stranger" }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "contactUpdate",
        input_type: "ContactUpdateInput",
        input: |attack| job_like(attack, "con_"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "contactRemove",
        input_type: "ContactRemoveInput",
        input: |attack| json!({ "id": attack.victims.first("con_") }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "jobCreate",
        input_type: "JobCreateInput",
        input: |attack| {
            json!({ "customerId": attack.victims.first("cus_"), "code": "X", "name": "X",
            "addressLine": "X", "city": "X" })
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "jobUpdate",
        input_type: "JobUpdateInput",
        input: |attack| job_like(attack, "job_"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "jobDeactivate",
        input_type: "JobVersionInput",
        input: |attack| job_like(attack, "job_"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "jobDisable",
        input_type: "JobVersionInput",
        input: |attack| job_like(attack, "job_"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "jobClose",
        input_type: "JobVersionInput",
        input: |attack| job_like(attack, "job_"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "jobReopen",
        input_type: "JobVersionInput",
        input: |attack| job_like(attack, "job_"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "jobHoldRelease",
        input_type: "JobVersionInput",
        input: |attack| job_like(attack, "job_"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "jobHoldSet",
        input_type: "JobHoldSetInput",
        input: |attack| with(job_like(attack, "job_"), "reason", json!("spite")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "creditLimitSet",
        input_type: "CreditLimitSetInput",
        input: |attack| {
            json!({ "customerId": attack.victims.first("cus_"), "expectedVersion": 1,
            "limit": "0", "reason": "spite" })
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "creditOverrideGrant",
        input_type: "CreditOverrideGrantInput",
        input: |attack| {
            json!({ "customerId": attack.victims.first("cus_"), "amount": "1", "reason": "spite",
            "until": tomorrow(), "idempotencyKey": "one" })
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "creditSettingsSet",
        input_type: "CreditSettingsSetInput",
        input: |attack| json!({ "expectedVersion": 0, "overdueDays": attack.victims.all["customers"]["nodes"][0]["version"] }),
        code: None,
    },
    Case {
        field: "accountOpeningAdd",
        input_type: "AccountOpeningAddInput",
        input: |attack| {
            json!({ "entries": [{ "customerId": attack.victims.first("cus_"), "amount": "1",
            "documentOn": "2026-01-01" }], "idempotencyKey": "one" })
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "accountAdjust",
        input_type: "AccountAdjustInput",
        input: |attack| json!({ "customerId": attack.victims.first("cus_"), "amount": "1", "reason": "spite", "idempotencyKey": "one" }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "accountEntryReverse",
        input_type: "AccountEntryReverseInput",
        input: |attack| json!({ "entryId": attack.victims.first("ent_"), "reason": "spite", "idempotencyKey": "one" }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "accountAllocate",
        input_type: "AccountAllocateInput",
        input: |attack| json!({ "creditEntryId": attack.victims.first("ent_"), "idempotencyKey": "one" }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "accountDeallocate",
        input_type: "AccountDeallocateInput",
        input: |attack| json!({ "allocationId": attack.victims.first("alc_"), "idempotencyKey": "one" }),
        code: Some("NOT_FOUND"),
    },
];
