//! Products: what is sold, in which units, at which list price.

pub mod events;
pub mod graphql;
pub mod input;
pub mod list;
pub mod loader;
pub mod many;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
pub mod sheet;
pub mod subscription;
pub mod units;
