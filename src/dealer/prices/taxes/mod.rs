//! Tax: the classes of products, and the rates of a class by region and day.

pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod rates;
pub mod service;
