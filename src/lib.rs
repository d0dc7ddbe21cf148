//! Tubex: the back end on which construction-material dealers run their shops.
//!
//! Every dealer is a tenant with a PostgreSQL schema of his own. The modules
//! below stand in the order in which a request passes them; each hop makes one
//! value, and nothing later can be made without it.
//!
//! | hop | module | makes |
//! |---|---|---|
//! | 1 | [`http`] | an `async_graphql::Request` with a request id, from POST or websocket |
//! | 2 | [`auth`] | a [`auth::principal::Principal`], from a verified access token or API key only |
//! | 3 | [`tenancy`] | a [`tenancy::TenantContext`]: which dealer, from the principal only |
//! | 4 | [`graphql`] | a [`graphql::scope::RequestScope`] that resolvers in [`dealer`] and [`platform`] reach through `ctx` |
//! | 5 | `loader.rs` of a feature | one batched lookup for all siblings of a level |
//! | 6 | [`tenancy::tx`] | a [`tenancy::TenantTx`]: a transaction whose first words set the dealer's `search_path` and role |
//! | 7 | `query.rs` of a feature | rows, by diesel, on that transaction and no other |
//!
//! Those who run the platform come in at an endpoint of their own
//! ([`platform::operator`]), which leads to no dealer's rows.
//!
//! Around them: [`roots`] lists the features of the schema, [`app`] puts the
//! parts together, [`cli`] starts them. [`kernel`] holds plain values, [`error`]
//! what goes wrong, [`db`] connections and paging, [`events`] what subscribers
//! hear, [`jobs`] what is done later, [`files`] what was uploaded, [`outbound`] calls to servers of others.
//! [`cluster`] and [`demo`] are for `tubex dev` and the tests.
//!
//! docs/ARCHITECTURE.md walks three operations through these hops.

// The roots nest one future per feature, and the compiler walks all of them.
#![recursion_limit = "512"]

pub mod http;

pub mod auth;

pub mod tenancy;

pub mod graphql;
pub mod roots;

pub mod dealer;
pub mod platform;

pub mod db;
pub mod events;
pub mod files;
pub mod jobs;
pub mod outbound;

pub mod error;
pub mod kernel;

pub mod app;
pub mod cli;
pub mod cluster;
pub mod config;
pub mod demo;
pub mod telemetry;
