//! Jobs as operators see them, and what they do with those that failed.

pub mod graphql;
pub mod mutation;

pub use graphql::JobQuery;
pub use mutation::JobMutation;
