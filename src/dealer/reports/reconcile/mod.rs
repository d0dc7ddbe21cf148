//! Proving that kept sums are those of the lines.

pub mod graphql;
pub mod query;
