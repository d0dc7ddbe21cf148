//! Attributes: what is asked of the products of a category and of all below it, such as the
//! strength of cement or the colour of tiles.
//!
//! The kind of an attribute stays what it is, so that every value can be read by it. The
//! values of products are in [`values`].

pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
pub mod values;
