//! Price lists: prices for some customers and jobs, or for all of them, for some time.

pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
