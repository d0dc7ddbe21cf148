//! What products are: the values of their attributes.
//!
//! A value is of the kind of its attribute, which the product's category or one above it
//! has. A product keeps its values when it moves to another category.
//!
//! What a category requires is asked for whenever a product comes into it, and whenever
//! something is said of what a product is: by whatever way, such use cases end in
//! [`asked::Asked::check`]. It is not asked for when the catalogue around a product changes: an
//! attribute is made required when goods lack it, and nobody could do so first for ten thousand
//! products. Those that lack something are told by `missingAttributes`, and their prices and
//! names can be changed as before.

pub mod asked;
pub mod filter;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
