//! Job sites of customers: where goods go and what they are billed under.

pub mod actions;
pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
