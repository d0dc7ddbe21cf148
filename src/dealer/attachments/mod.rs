//! Files at records.

pub mod events;
pub mod graphql;
pub mod input;
pub mod kinds;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
