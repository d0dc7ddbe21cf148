//! Invitations to work for a dealer.
//!
//! An address has one open invitation of a dealer at most: the next replaces it.
//! Its link is good for seven days and works once. Who has a user already keeps
//! his name and password, and shows that he is that user.

pub mod graphql;
pub mod model;
pub mod query;
pub mod service;
