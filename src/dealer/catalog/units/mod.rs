//! Units of measure. Every dealer starts with those of the trade and may add
//! his own.

pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod query;
pub mod service;
