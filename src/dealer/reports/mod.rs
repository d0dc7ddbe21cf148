//! What was sold, and how it went: numbers of a dealer's business.
//!
//! Sales are kept as sums (`sales_by_day`, `sales_by_product`, `sales_by_buyer`) by
//! [`keep::posted`], in the transaction that posts an invoice or a credit note. So a report
//! reads some rows a day, however many lines there are, and `salesReconcile` proves that the
//! sums are those of the lines. Days are the dealer's, weeks begin on Monday.

pub mod areas;
pub mod dashboard;
pub mod fill;
pub mod keep;
pub mod model;
pub mod query;
pub mod reconcile;
pub mod sales;
pub mod shelf;
