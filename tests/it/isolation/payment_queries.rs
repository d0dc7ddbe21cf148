//! What one dealer asks about the payments of another.

use serde_json::json;

use super::queries::{Case, Expect, NO_KEYS};

pub const CASES: &[Case] = &[
    Case {
        field: "payment",
        query: "query($id: ID) { payment(id: $id) { id allocations { id } } }",
        keys: |victim| json!({ "id": victim.at("/payments/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "payment",
        query: "{ payment(number: 1) { id customer { id name } accountEntry { id } allocations { id accountEntry { id } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "payments",
        query: "query($id: ID) { payments(where: { customerId: { eq: $id } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.first("cus_") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "payments",
        query: "{ payments { totalCount nodes { id customer { id name } job { id } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "paymentReminders",
        query: "query($id: ID) { paymentReminders(where: { customerId: { eq: $id } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.first("cus_") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "paymentReminders",
        query: "{ paymentReminders { totalCount nodes { id customer { id name } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "paymentReminderSettings",
        query: "{ paymentReminderSettings { isOn version } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
];
