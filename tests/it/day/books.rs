//! What must be so in the books, whatever the story tells of them.

use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Fails unless the books add up.
pub fn add_up(title: &str, books: &Value) {
    assert_eq!(books["stockReconcile"], json!([]), "{title}");
    assert_eq!(books["salesReconcile"], json!([]), "{title}");
    for goods in ["cement", "bricks", "sand", "windows"] {
        for level in list(&books[goods]["stockLevels"]) {
            let [on_hand, reserved, available] =
                ["onHand", "reserved", "available"].map(|field| number(&level[field]["inBase"]));
            assert_eq!(available, on_hand - reserved, "{title}: {goods}");
        }
    }
    account(title, books);
    for order in list(&books["orders"]["nodes"]) {
        gross(title, &order["totals"]);
        promised(title, order);
    }
    let invoices = list(&books["invoices"]["nodes"]);
    for invoice in invoices {
        gross(title, invoice);
    }
    for payment in list(&books["payments"]["nodes"]) {
        let parts = sum(payment, &["allocated", "unallocated"]);
        assert_eq!(parts, amount(payment, "amount"), "{title}: a payment");
    }
}

/// What the customer stands for, his statement, his age groups and his invoices tell the same.
fn account(title: &str, books: &Value) {
    let exposure = &books["creditStatus"]["exposure"];
    let parts = sum(exposure, &["ordered", "delivered", "debts", "credits"]);
    assert_eq!(
        parts,
        amount(exposure, "total"),
        "{title}: what he stands for"
    );
    let owed = sum(exposure, &["debts", "credits"]);
    let closing = amount(&books["customerStatement"], "closingBalance");
    assert_eq!(closing, owed, "{title}: his statement");
    let debtors = list(&books["receivablesAgeing"]["nodes"]).iter();
    let aged: Decimal = debtors
        .map(|debtor| amount(&debtor["buckets"], "total"))
        .sum();
    assert_eq!(aged, owed, "{title}: by age");
    let invoices = list(&books["invoices"]["nodes"]).iter();
    let open: Decimal = invoices
        .filter(|invoice| !invoice["open"].is_null())
        .map(|invoice| amount(invoice, "open"))
        .sum();
    assert_eq!(open, amount(exposure, "debts"), "{title}: his invoices");
}

/// What is billed or came back was delivered, and no more is promised than is still to go.
fn promised(title: &str, order: &Value) {
    for line in list(&order["lines"]) {
        let base = |field: &str| number(&line[field]["inBase"]);
        assert!(base("invoiced") <= base("delivered"), "{title}: {line:#}");
        assert!(base("returned") <= base("delivered"), "{title}: {line:#}");
        let reservations = list(&line["reservations"]).iter();
        let open: Decimal = reservations.map(|row| number(&row["open"]["inBase"])).sum();
        let due = base("toDeliver") + base("planned");
        assert!(open <= due, "{title}: {line:#}");
    }
}

fn gross(title: &str, document: &Value) {
    let parts = sum(document, &["net", "tax"]);
    assert_eq!(parts, amount(document, "gross"), "{title}: {document:#}");
}

fn sum(of: &Value, fields: &[&str]) -> Decimal {
    fields.iter().map(|field| amount(of, field)).sum()
}

fn amount(of: &Value, field: &str) -> Decimal {
    number(&of[field]["amount"])
}

fn number(value: &Value) -> Decimal {
    let text = value.as_str().unwrap_or_else(|| panic!("{value:#}"));
    text.parse().unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value:#}"))
}
