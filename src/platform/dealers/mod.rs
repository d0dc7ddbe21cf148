//! Dealers as tenants: registering one.

pub mod graphql;
pub mod service;
