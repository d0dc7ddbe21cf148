//! Goods that are promised: put aside for somebody, or about to be moved.
//!
//! A reservation takes from what is available and leaves what is on hand. Whoever makes,
//! uses or releases one holds the level of its place.

pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod reserve;
pub mod service;
