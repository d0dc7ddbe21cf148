//! What one dealer sends about the payments of another.

use serde_json::{Value, json};

use super::attack::Attack;
use super::mutations::{Case, keyed, versioned, with};

fn payment(attack: &Attack) -> Value {
    keyed(json!({ "id": attack.victims.at("/payments/nodes/0/id") }))
}

/// What a customer of somebody pays, or is paid back.
fn paid(customer: &Value) -> Value {
    keyed(json!({ "customerId": customer, "method": "CASH", "amount": "1" }))
}

/// What the attacker's own customer pays on a debt of the victim's.
fn on_foreign_debt(attack: &Attack) -> Value {
    let part = json!({ "entryId": attack.victims.first("ent_"), "amount": "1" });
    with(
        paid(&attack.attackers.first("cus_")),
        "allocations",
        json!([part]),
    )
}

pub const CASES: &[Case] = &[
    Case {
        field: "paymentRecord",
        input_type: "PaymentRecordInput",
        input: |attack| paid(&attack.victims.first("cus_")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "paymentRecord",
        input_type: "PaymentRecordInput",
        input: on_foreign_debt,
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "paymentRefund",
        input_type: "PaymentRefundInput",
        input: |attack| paid(&attack.victims.first("cus_")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "paymentAllocate",
        input_type: "PaymentAllocateInput",
        input: payment,
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "paymentDeallocate",
        input_type: "PaymentDeallocateInput",
        input: payment,
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "paymentReconcile",
        input_type: "PaymentReconcileInput",
        input: |attack| versioned(attack, "payments"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "paymentReverse",
        input_type: "PaymentReverseInput",
        input: |attack| {
            keyed(with(
                versioned(attack, "payments"),
                "reason",
                json!("spite"),
            ))
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "paymentReminderSettingsSet",
        input_type: "PaymentReminderSettingsSetInput",
        input: |_attack| json!({ "expectedVersion": 0, "isOn": true, "firstAfterDays": 7 }),
        code: None,
    },
];
