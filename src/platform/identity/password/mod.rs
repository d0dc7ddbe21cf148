//! A user's own password: another one in its place.

pub mod graphql;
pub mod service;
