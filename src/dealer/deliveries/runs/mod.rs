//! Runs: a truck, its driver and its way on a day.
//!
//! Deliveries are put on a run and have their places there. Started, all of them leave at once;
//! it is done when each of them has been handed over or is back.

pub mod actions;
pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
pub mod start;
