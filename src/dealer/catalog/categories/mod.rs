//! The category tree. A category may have one parent; cycles are refused.

pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
