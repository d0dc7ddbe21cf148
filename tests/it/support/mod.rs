//! What tests stand on: a private cluster, servers, dealers, clients.

mod client;
mod database;
mod server;
mod socket;

pub use client::{Answer, Client};
pub use database::{cluster, empty_settings, request_settings};
pub use server::{PASSWORD, Server, TestDealer, settings as server_settings};
pub use socket::Socket;
