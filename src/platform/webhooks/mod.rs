//! Webhooks: dealers' own servers are told what has happened, as Standard Webhooks 1.0
//! has it.
//!
//! ```text
//! outbox of a dealer ── feed ──▶ webhook_deliveries ── deliver, a job of the endpoint ──▶ receiver
//!    (his schema)      cursor     one per endpoint                signed, by `outbound`
//!                                   and event
//! ```
//!
//! - [`feed`] reads events behind the dealer's cursor, writes a delivery for each endpoint
//!   that wants them, and moves the cursor, in one transaction: a delivery is written
//!   once, whoever is killed. [`courier`] tells it when to look.
//! - [`deliver`] is a job of one endpoint: what is due there, a few at a time. It has
//!   workers of its own ([`crate::jobs`]), so that slow receivers keep no other job waiting.
//! - [`health`] is what becomes of an endpoint with each outcome: whether it rests, when
//!   its dealer is warned, when it is disabled. [`schedule`] has the pauses.
//! - [`secret`] signs; [`message`] is what is sent; [`filter`] is what an endpoint wants.

mod attempt;
pub mod courier;
pub mod deliver;
pub mod endpoints;
pub mod feed;
pub mod figures;
pub mod filter;
pub mod graphql;
pub mod health;
pub mod input;
pub mod log;
pub mod message;
pub mod model;
pub mod mutation;
mod notices;
pub mod query;
pub mod replay;
pub mod schedule;
pub mod secret;
pub mod service;
pub mod upkeep;
