//! Lots: goods of a product that were made together, and expire together.
//!
//! Of a product that is kept by lots, every movement says which ones: what comes names its
//! lot, what goes takes those that expire first unless one is named, and what moves between
//! places keeps its own. A lot's level in a warehouse is the sum of its movements there, and
//! the lots of a level add up to it. It changes under the lock of that level.

mod allot;
pub mod book;
pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod naming;
pub mod query;
pub mod tracking;
mod written;
