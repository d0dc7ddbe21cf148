//! The dealer's events as a whole; those of a kind of record are with its feature.

pub mod graphql;
