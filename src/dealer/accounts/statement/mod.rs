//! A customer's account over a time, with the balance behind each entry.
//!
//! By the dates of the documents, and among those of one day in the order in which they
//! were posted.

pub mod graphql;
pub mod model;
pub mod query;
