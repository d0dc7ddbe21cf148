//! Which supplier delivers which product, and how: his own code of it, the unit in which
//! it is bought, how long it takes, what it has cost last.
//!
//! Of those who deliver a product at most one is preferred; the database holds that.

pub mod costs;
pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
