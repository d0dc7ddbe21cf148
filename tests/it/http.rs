//! The HTTP side: what a client sees whatever the shop's fields do.

mod access;
mod accounts;
mod cost;
mod documents;
mod examples;
mod faults;
mod health;
mod hostile;
mod hygiene;
mod limits;
mod nulls;
mod page;
mod plans;
mod protocol;
mod seeds;
mod silent;
mod stopping;
mod tls;
