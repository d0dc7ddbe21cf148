//! The operators' endpoint: who is let in, what is seen and done there, and the
//! figures.

mod access;
mod dealers;
mod exposition;
mod files;
mod fleet;
mod impersonation;
mod metrics;
mod mutations;

use chrono::TimeDelta;
use secrecy::ExposeSecret;
use tubex::auth::keys::KeyRing;
use tubex::auth::operator::OperatorTokens;
use tubex::config::ServerSettings;
use tubex::kernel::clock::Clock;

use crate::support::{Server, own_settings};

/// Settings with an operators' endpoint on a free port.
fn with_operators(settings: &mut ServerSettings) {
    settings.operator_listen = Some("127.0.0.1:0".parse().unwrap());
}

/// A server with an operators' endpoint, on the database all tests share.
async fn shared() -> Server {
    Server::start_with(with_operators).await
}

/// An operator's token under a key of another installation.
fn foreign_token(server: &Server) -> String {
    let ring = KeyRing::of_one("tubex", server.clock.clone()).unwrap();
    let issued = OperatorTokens::new(&ring).issue(&"alice".parse().unwrap(), TimeDelta::hours(1));
    issued.unwrap().token.expose_secret().to_owned()
}

/// The same on a database of the test's own, whose dealers it may count.
async fn apart(name: &'static str) -> Server {
    let database = own_settings(name).await;
    Server::start_on(&database, Clock::system(), with_operators).await
}
