//! Calls to servers of others, by HTTP: one connection each, no redirects, and
//! everything that comes back is bounded.
//!
//! Where a stranger says who is to be called, a [`Guard`] stands in between: the name
//! is looked up once, no address of it may lead into the network around this server,
//! and the one that is connected to is one of those that were looked at.

mod client;
mod guard;
mod target;

pub use client::{Answer, Bounds, Client, Fault};
pub use guard::{Guard, Refused, is_global};
pub use target::{Host, Target};
