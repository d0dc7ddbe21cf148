//! What was sold, by time, product, category, customer, job or salesperson.

mod cached;
pub mod graphql;
pub mod input;
mod page;
pub mod query;
pub mod row;
