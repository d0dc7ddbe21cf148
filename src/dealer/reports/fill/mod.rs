//! How many orders were delivered in full when they were wanted.

pub mod graphql;
pub mod query;
