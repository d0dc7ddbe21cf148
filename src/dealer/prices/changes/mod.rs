//! Changing many list prices at once: shown first, made only if nothing has changed since.
//!
//! The token of a preview is a digest of what is to be done and of the prices it would
//! change. Who sends it with the same input changes exactly what he was shown.

pub mod compute;
pub mod graphql;
pub mod input;
pub mod mutation;
pub mod query;
pub mod service;
