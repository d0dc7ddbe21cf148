//! Sign-ins: from a proven user to tokens, and from one refresh token to the next.
//!
//! A session is a family of refresh tokens, of which one is good at a time. Ending
//! a session writes what nodes have to hear in the same transaction, by triggers of
//! the database, so that no use case can forget it.

pub mod cookies;
pub mod graphql;
pub mod model;
pub mod mutation;
pub mod query;
mod refresh_token;
pub mod service;
pub mod upkeep;
