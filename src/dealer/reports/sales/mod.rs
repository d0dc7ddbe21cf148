//! What was sold, by time, product, category, customer, job or salesperson.

pub mod graphql;
pub mod input;
pub mod query;
