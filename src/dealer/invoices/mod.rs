//! Invoices and credit notes.

pub mod credit;
pub mod model;
