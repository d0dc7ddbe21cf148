//! All integration tests, in one binary: one link, one private PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test fails the short way, and nobody uses it from outside"
)]

mod support;

mod api_keys;
mod architecture;
mod audit;
mod bulk;
mod cache;
mod cancellation;
mod catalogue;
mod citus;
mod cli;
mod coverage;
mod credit;
mod day;
mod defects;
mod deliveries;
mod events;
mod factors;
mod files;
mod http;
mod idempotency;
mod invariants;
mod invoices;
mod isolation;
mod jobs;
mod kills;
mod lifecycle;
mod mail;
mod migrations;
mod oauth;
mod operator;
mod orders;
mod passwords;
mod payments;
mod permissions;
mod pool;
mod portal;
mod prices;
mod provisioning;
mod purchasing;
mod query_count;
mod quotes;
mod redis;
mod reports;
mod returns;
mod schema_breaks;
mod schema_sdl;
mod sessions;
mod sms;
mod soak;
mod spares;
mod stock;
mod transfer;
mod verify;
mod webhooks;
mod websocket;
