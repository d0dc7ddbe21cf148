//! The data plane: a dealer's business, one folder per feature.
//!
//! Each folder has the same files: `model` (rows and enums), `query` (the SQL),
//! `loader` (batched lookups), `service` (use cases), `graphql` (the surface).

pub mod audit;
pub mod catalog;
pub mod customers;
pub mod feed;
pub mod stock;
