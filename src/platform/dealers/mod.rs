//! Dealers as tenants: registering one, taking one in from a file.

pub mod adopt;
pub mod graphql;
pub mod service;
