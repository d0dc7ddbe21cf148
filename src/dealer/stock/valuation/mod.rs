//! What lies in stock has cost: now, or at any moment before.

pub mod graphql;
pub mod query;
