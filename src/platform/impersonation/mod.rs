//! Operators of the platform who see a shop as one of its users does.
//!
//! For a reason that the dealer reads, for a quarter of an hour, and to look only
//! unless asked otherwise. The token names the operator, and so does each line of
//! the log; whatever is his own, such as his password and his sessions, stays the
//! user's.

pub mod graphql;
pub mod model;
pub mod query;
pub mod service;
