//! Warehouses: the yards and stores of a dealer, and where goods are in transit.

pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod query;
pub mod service;
