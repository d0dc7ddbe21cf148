//! All integration tests, in one binary: one link, one private PostgreSQL.

mod support;

mod catalogue;
mod isolation;
mod query_count;
mod http;
mod websocket;
mod redis;
mod cli;
