//! Customers of a dealer, and the job sites their goods go to.

pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod query;
pub mod sheet;
