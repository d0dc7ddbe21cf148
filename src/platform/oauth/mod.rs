//! Applications of third parties: who they are, what users let them do, and how a
//! consent becomes tokens (OAuth 2.1 and OpenID Connect, as far as they are offered).
//!
//! What an application works with is a session like any other
//! ([`crate::platform::sessions`]), so its tokens are refreshed, revoked and refused
//! by the same rules. Here is what stands before it: the client, the request, the
//! consent, the code.

pub mod approval;
pub mod clients;
pub mod exchange;
pub mod fault;
pub mod graphql;
pub mod identity_token;
pub mod input;
pub mod inspection;
pub mod model;
pub mod mutation;
pub mod params;
pub mod pending;
pub mod query;
pub mod redirect;
pub mod request;
pub mod scope;
pub mod secret;
pub mod service;
