//! What tests stand on: a private cluster, servers, dealers, clients.

mod client;
mod database;
mod goods;
mod owner;
mod server;
mod socket;
mod wait;

pub use client::{Answer, Client};
pub use database::{cluster, empty, own};
pub use goods::CREATE_PRODUCT;
pub use owner::{Held, hold, owner, owner_of};
pub use server::{PASSWORD, Server, TestDealer};
pub use socket::Socket;
pub use wait::until;
