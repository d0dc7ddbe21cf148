//! All integration tests, in one binary: one link, one private PostgreSQL.

mod support;

mod architecture;
mod catalogue;
mod isolation;
mod migrations;
mod provisioning;
mod query_count;
mod schema_sdl;
