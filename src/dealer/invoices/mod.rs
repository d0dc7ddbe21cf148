//! Invoices and credit notes.

pub mod model;
