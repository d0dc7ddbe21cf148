//! What one dealer asks about the invoices of another.

use serde_json::json;

use super::queries::{Case, Expect, NO_KEYS};

pub const CASES: &[Case] = &[
    Case {
        field: "invoice",
        query: "query($id: ID) { invoice(id: $id) { id lines { id } creditNotes { id } } }",
        keys: |victim| json!({ "id": victim.at("/invoices/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "invoice",
        query:
            "{ invoice(number: 1) { id customer { id } entry { id } open { amount } paymentStatus
            pdf { name } mails { id sentTo } creditNotes { id credits { id } lines { id credits { id } } }
            lines { id product { id } orderLine { id } credited { value } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "invoiceSettings",
        query: "{ invoiceSettings { name version logo { id } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "invoices",
        query: "query($id: ID) { invoices(where: { customerId: { eq: $id } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.at("/invoices/nodes/0/customer/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "invoices",
        query: "{ invoices { totalCount nodes { id gross { amount } open { amount } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
];
