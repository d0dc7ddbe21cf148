//! The audit log as its dealer reads it: a list with filters, and the history of a
//! record. It is written by the database ([`crate::tenancy::audit`]), and nothing here
//! can change it.

pub mod columns;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod query;
