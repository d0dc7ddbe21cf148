//! Who works for a dealer, and as what: members and the dealer's own roles.
//!
//! Nobody gives or takes what he has not himself (`giving`), only owners make
//! owners, and a dealer keeps at least one, which the database holds. What is
//! changed here counts on every node within a second: of a role by the directory,
//! of a member by the end of his tokens.

pub(in crate::platform) mod giving;
pub mod graphql;
pub mod input;
pub mod members;
pub mod model;
pub mod mutation;
pub mod query;
pub mod roles;
