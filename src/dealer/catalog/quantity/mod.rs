//! Amounts of a product: as they are asked for, and as they are kept.
//!
//! Everything is kept in base units; the unit somebody asked in stays beside it, to be
//! shown again. [`Measures`] knows the units of the products of one input, read at once.

pub mod graphql;
pub mod input;
pub mod loader;
pub mod masses;
mod measures;
mod query;

pub use measures::{Asked, Goods, Measures};
