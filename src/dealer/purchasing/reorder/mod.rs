//! Ordering what runs out: one draft for each supplier, of what `stock::reorder` suggests.

pub mod choose;
pub mod graphql;
pub mod input;
pub mod mutation;
pub mod service;
