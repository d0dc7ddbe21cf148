//! Purchase orders: what is bought of whom, for which warehouse, at what cost.
//!
//! A draft is written anew as often as it takes; what was sent changes by receipts only.
//! The units of its lines keep the factor that they had then, whatever becomes of the
//! product's. A line is open while more of it is to come.

pub mod actions;
pub mod events;
pub mod graphql;
pub mod input;
pub mod lines;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod open;
pub mod query;
pub mod service;
pub mod steps;
