//! Goods that lie: those that sell slowly, and those that do not sell at all.

pub mod graphql;
pub mod query;
