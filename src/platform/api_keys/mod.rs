//! API keys: by which integrations call.
//!
//! A key belongs to a dealer and acts for whoever made it: it can do what he can at
//! this moment, as far as its scopes go, and nothing by which access is given. When
//! he works for the dealer no more, it is refused. Requests by a key read nothing:
//! what is known of it stays in memory ([`admission`]) until the database tells that
//! it has changed.

pub mod admission;
pub mod graphql;
pub mod input;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
mod uses;
