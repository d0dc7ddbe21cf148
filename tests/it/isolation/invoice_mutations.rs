//! What one dealer sends about the invoices of another.

use serde_json::json;

use super::mutations::{Case, keyed, versioned, with};

pub const CASES: &[Case] = &[
    Case {
        field: "invoiceFromDeliveries",
        input_type: "InvoiceFromDeliveriesInput",
        input: |attack| {
            let line = attack.victims.at("/invoices/nodes/0/lines/0/orderLine/id");
            let id = line.as_str().unwrap().replacen("orl_", "dlv_", 1);
            keyed(json!({ "deliveryIds": [id] }))
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "invoiceFromOrder",
        input_type: "InvoiceFromOrderInput",
        input: |attack| keyed(json!({ "orderId": attack.victims.first("ord_") })),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "invoiceUpdate",
        input_type: "InvoiceUpdateInput",
        input: |attack| with(versioned(attack, "invoices"), "note", "Stolen".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "invoiceDiscard",
        input_type: "InvoiceStepInput",
        input: |attack| versioned(attack, "invoices"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "invoicePost",
        input_type: "InvoiceStepInput",
        input: |attack| keyed(versioned(attack, "invoices")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "invoiceSend",
        input_type: "InvoiceSendInput",
        input: |attack| keyed(json!({ "id": attack.victims.at("/postedInvoices/nodes/0/id") })),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "invoiceSettingsSet",
        input_type: "InvoiceSettingsSetInput",
        input: |attack| {
            let input = json!({ "expectedVersion": 0, "isMailed": false });
            with(
                input,
                "logoId",
                attack.victims.at("/products/nodes/0/attachments/0/file/id"),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "creditNoteCreate",
        input_type: "CreditNoteCreateInput",
        input: |attack| {
            let id = attack.victims.at("/invoices/nodes/0/id");
            keyed(json!({ "invoiceId": id, "reason": "mine" }))
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "creditNoteCreate",
        input_type: "CreditNoteCreateInput",
        input: |attack| {
            let posted = attack.attackers.at("/postedInvoices/nodes/0/id");
            let line = attack.victims.at("/postedInvoices/nodes/0/lines/0/id");
            let lines = json!([{ "lineId": line, "quantity": "1" }]);
            let input = json!({ "invoiceId": posted, "reason": "mine", "lines": lines });
            with(keyed(input), "idempotencyKey", "another".into())
        },
        code: Some("NOT_FOUND"),
    },
];
