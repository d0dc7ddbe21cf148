//! Which tables are audited, and what of them is not kept.
//!
//! This is the one place to declare it. A table that is not named here is audited
//! with all its columns.

/// Tables without the trigger besides those of the log, and why.
pub const EXEMPT: &[(&str, &str)] = &[
    (
        "__diesel_schema_migrations",
        "the record of migrations, which dealers' roles can not reach",
    ),
    (
        "audit_seals",
        "the seals of the log; dealers' roles can not write them",
    ),
    (
        "bulk_errors",
        "what was wrong with lines of an import, which goes after some days",
    ),
    (
        "document_counters",
        "raised once for each document, which is audited itself",
    ),
    (
        "event_counter",
        "raised once for each transaction that tells events",
    ),
    (
        "events",
        "written once beside the rows it tells of; dealers' roles can change none",
    ),
    (
        "kept_answers",
        "copies of answers, which go by themselves after some days",
    ),
    (
        "sales_by_buyer",
        "sums of lines of invoices, which are audited themselves",
    ),
    (
        "sales_by_day",
        "sums of lines of invoices, which are audited themselves",
    ),
    (
        "sales_by_product",
        "sums of lines of invoices, which are audited themselves",
    ),
    (
        "search_words",
        "words of names and SKUs, which are audited with their products",
    ),
];

/// Tables of the log, and the view over its parts, from which the dealer's role may only
/// read.
pub const LOG: &[&str] = &[
    "audit_log",
    "audit_log_0",
    "audit_log_1",
    "audit_log_2",
    "audit_seals",
];

/// Books: tables to which the dealer's role adds rows, and changes and deletes none.
pub const BOOKS: &[&str] = &[
    "account_entries",
    "entry_allocations",
    "goods_receipt_costs",
    "goods_receipt_lines",
    "goods_receipts",
    "lot_movements",
    "stock_movements",
];

/// The parts of the log, by their slots.
pub const PARTS: &[&str] = &["audit_log_0", "audit_log_1", "audit_log_2"];

/// What gives the log's rows their ids.
pub const IDS: &str = "audit_ids";

/// Columns whose values are nobody's business: that they changed is kept, and not
/// what they are. Passwords, tokens, keys and their hashes belong here.
pub const HIDDEN: &[(&str, &[&str])] = &[];

/// Columns that follow from others, and would only be in the way.
pub const LEFT_OUT: &[(&str, &[&str])] = &[
    ("lot_levels", &["on_hand"]),
    ("products", &["search_text"]),
    (
        "stock_levels",
        &[
            "on_hand",
            "reserved",
            "value",
            "last_cost",
            "movements",
            "updated_at",
        ],
    ),
    ("supplier_items", &["sku_lowered"]),
];

/// The columns of a list for one table.
pub(super) fn columns_of(list: &[(&str, &[&str])], table: &str) -> String {
    let found = list.iter().find(|(name, _)| *name == table);
    found
        .map(|(_, columns)| columns.join(","))
        .unwrap_or_default()
}

/// Whether a table has the trigger.
pub fn is_audited(table: &str) -> bool {
    !LOG.contains(&table) && !EXEMPT.iter().any(|(name, _)| *name == table)
}
