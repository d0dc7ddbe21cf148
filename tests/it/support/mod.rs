//! What tests stand on: a private cluster, servers, dealers, clients.

mod client;
mod database;
mod goods;
mod lent;
mod owner;
pub mod payloads;
mod server;
mod silence;
mod smtp;
mod socket;
mod staff;
mod strike;
mod wait;
mod worker;

pub use client::{Answer, Client, peer};
pub use database::{
    cluster, empty, empty_settings, named, own, own_on as database_on, own_settings,
    request_settings,
};
pub use goods::CREATE_PRODUCT;
pub use owner::{hold, owner, owner_of};
pub use server::{
    CHEAP, PASSWORD, Server, TestDealer, depot, files_dir, settings as server_settings, vault,
};
pub use silence::Line;
pub use smtp::{Reply, SmtpServer, decode_text};
pub use socket::Socket;
pub use staff::Member;
pub use strike::Strike;
pub use wait::{until, until_within};
