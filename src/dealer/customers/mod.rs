//! Customers of a dealer: who they are, who is spoken to, and the job sites their goods go to.
//!
//! Whoever changes what a customer owes or may owe locks his row first
//! ([`service::lock`]), several in the order of their ids; so the checks of two sales at
//! once see each other.

pub mod actions;
pub mod contacts;
pub mod events;
pub mod graphql;
pub mod input;
pub mod jobs;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
pub mod sheet;
