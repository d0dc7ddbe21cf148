//! Telephones as second factors: a code is sent to them by SMS.
//!
//! They are weaker than authenticators, since numbers can be taken over. So a code
//! by SMS never stands in for an authenticator where that itself is concerned:
//! [`Factors::fresh_by_authenticator`](super::account::Factors).

pub mod account;
pub mod codes;
pub mod graphql;
pub(super) mod query;
