//! The data plane: a dealer's business, one folder per feature.
//!
//! Each folder has the same files: `model` (rows and enums), `query` (the SQL),
//! `loader` (batched lookups), `service` (use cases), `graphql` (the surface).

pub mod accounts;
pub mod attachments;
pub mod audit;
pub mod bulk;
pub mod calendar;
pub mod catalog;
pub mod credit;
pub mod customers;
pub mod deliveries;
pub mod feed;
pub mod files;
pub mod invoices;
pub mod numbering;
pub mod orders;
pub mod payments;
pub mod prices;
pub mod purchasing;
pub mod quotes;
pub mod reports;
pub mod returns;
pub mod stock;
