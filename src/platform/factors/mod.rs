//! Second factors: authenticators, the codes that stand in for them, telephones,
//! and proofs that are asked for again.
//!
//! Who has one opens no session without it: `Sessions::open` refuses.
//! Who works at a dealer that asks for one gets no token without it: that is looked
//! at wherever a session becomes a token. Both are told of here only.

pub mod account;
pub mod backup;
pub mod challenge;
pub mod check;
pub mod graphql;
pub mod guard;
pub mod input;
pub mod login;
pub mod model;
pub mod mutation;
pub mod phone;
pub mod policy;
pub mod query;
pub mod reset;
