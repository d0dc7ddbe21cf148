//! Every change of what lies where, in the order in which it happened.

pub mod balance;
pub mod events;
pub mod graphql;
pub mod input;
pub mod levels;
pub mod model;
pub mod posting;
pub mod query;
pub mod trace;
