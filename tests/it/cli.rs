//! The commands, as processes: arguments in, exit code and words out.

mod config;
mod demo;
mod dev;
mod fill;
mod first_start;
mod key;
mod life;
mod migrate;
mod operations;
mod operator;
pub mod program;
mod schema;
pub mod serve;
mod tenant;
mod transfer;
mod verify;
