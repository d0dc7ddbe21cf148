//! In whose name invoices are written, and whether they are mailed.
//!
//! Each change is a row of its own, and what is posted keeps the one with which it was: so a
//! paper stays the same when the dealer moves.

pub mod graphql;
pub mod input;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
