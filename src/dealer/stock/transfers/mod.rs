//! Goods on their way from one place of the dealer's to another.
//!
//! A transfer that is approved has its goods reserved; dispatched, they lie in a
//! warehouse of kind TRANSIT; received, they are where they should be, and what did not
//! arrive is gone from transit with a movement that says so.

pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod receive;
pub mod service;
