//! Proving that levels are the sums of their movements and reservations.

pub mod graphql;
pub mod query;
