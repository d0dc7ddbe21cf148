//! The HTTP side: what a client sees whatever the shop's fields do.

mod access;
mod accounts;
mod faults;
mod health;
mod limits;
mod page;
mod protocol;
mod silent;
mod stopping;
