//! Dealers as tenants: registering one, and what happens to him afterwards.

pub mod graphql;
pub mod lifecycle;
pub mod service;
