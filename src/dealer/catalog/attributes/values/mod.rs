//! What products are: the values of their attributes.
//!
//! A value is of the kind of its attribute, which the product's category or one above it
//! has. A product keeps its values when it moves to another category.

pub mod filter;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
