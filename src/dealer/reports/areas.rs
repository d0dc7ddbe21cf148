//! What may change the numbers of a business.
//!
//! A test holds these to what has become of the rows: whoever changes one of an area's tables
//! tells of it by an event of one of the kinds that stand here.

use crate::tenancy::cache::Area;

/// Kept sums of sales; written while invoices and credit notes are posted.
pub const SALES: Area = Area {
    name: "sales",
    changed_by: &["invoice"],
};

/// The same by the category in which a product is now.
pub const SALES_BY_CATEGORY: Area = Area {
    name: "sales by category",
    changed_by: &["invoice", "product", "category"],
};

/// Orders, whose rows say how much of them is planned, too.
pub const ORDERS: Area = Area {
    name: "orders",
    changed_by: &["order", "delivery"],
};

/// Deliveries.
pub const DELIVERIES: Area = Area {
    name: "deliveries",
    changed_by: &["delivery"],
};

/// Orders, and how they were delivered.
pub const FULFILMENT: Area = Area {
    name: "fulfilment",
    changed_by: &["order", "delivery"],
};

/// Quotes.
pub const QUOTES: Area = Area {
    name: "quotes",
    changed_by: &["quote"],
};

/// What customers owe.
pub const DEBTS: Area = Area {
    name: "debts",
    changed_by: &["account", "invoice", "payment"],
};

/// What lies in warehouses, what of it is promised, and how much should be there.
pub const LEVELS: Area = Area {
    name: "levels",
    changed_by: &[
        "movement",
        "reservation",
        "stock_level",
        "order",
        "delivery",
        "transfer",
    ],
};

/// All of them, each with the tables that it is read from, or a column of one. Kept sums have no
/// history of their own: they are written with the invoices; and levels only of how they are
/// kept: the rest follows from movements and reservations.
pub const ALL: &[(&Area, &[&str])] = &[
    (&SALES, &["invoices"]),
    (&SALES_BY_CATEGORY, &["invoices", "products.category_id"]),
    (&ORDERS, &["orders"]),
    (&DELIVERIES, &["deliveries"]),
    (&FULFILMENT, &["orders", "deliveries"]),
    (&QUOTES, &["quotes"]),
    (&DEBTS, &["account_items"]),
    (
        &LEVELS,
        &["stock_levels", "stock_movements", "stock_reservations"],
    ),
];
