//! Getting back in by mail: showing that an address reaches its user, and setting
//! a forgotten password.
//!
//! Who asks for a reset learns nothing: whether the address belongs to anybody is
//! found out later, by the sender of mails. Of a request there is one row, written
//! by the same statements for every address.

mod bound;
pub mod graphql;
mod query;
pub mod service;
