//! What the owner looks at each morning.

pub mod graphql;
pub mod query;
