//! Quotes: what goods would cost a customer, for some days.
//!
//! A quote promises prices and no goods. All revisions of it have one number; of those that
//! were sent only the latest can be accepted. An order is made of an accepted one, once, and
//! keeps its prices.

pub mod actions;
pub mod convert;
pub mod events;
pub mod expire;
pub mod graphql;
pub mod input;
pub mod lines;
pub mod lines_graphql;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod revise;
pub mod service;
pub mod steps;
