//! What the owner looks at each morning.

mod cached;
pub mod graphql;
pub mod query;
