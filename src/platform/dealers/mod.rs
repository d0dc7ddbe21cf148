//! Dealers as tenants: registering one, taking one in from a file, and what
//! happens to him afterwards.

pub mod adopt;
pub mod graphql;
pub mod lifecycle;
pub mod note;
pub mod plans;
pub mod service;
