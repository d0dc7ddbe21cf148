//! What prices were: read from the audit log, which nobody can change.

pub mod graphql;
pub mod loader;
pub mod model;
