//! What should be bought before it runs out.

pub mod events;
pub mod graphql;
pub mod input;
pub mod query;
pub mod service;
