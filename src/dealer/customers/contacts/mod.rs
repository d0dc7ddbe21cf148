//! Who is spoken to at a customer. A change of theirs tells `customer.updated`.

pub mod contractor;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
