//! Price rules: what something costs instead of its list price, for whom, from which
//! quantity on, and when.

mod alike;
mod checked;
pub mod events;
pub mod graphql;
pub mod input;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
