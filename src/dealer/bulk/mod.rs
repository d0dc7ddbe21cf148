//! Imports and exports of many records, as jobs that go on where they were killed.

pub mod batch;
pub mod cell;
mod csv_lines;
pub mod end;
pub mod events;
pub mod export;
pub mod graphql;
pub mod import;
pub mod input;
mod lines;
pub mod loader;
pub mod may;
pub mod model;
pub mod mutation;
mod object;
pub mod query;
mod report;
pub mod service;
pub mod sheets;
pub mod subscription;
