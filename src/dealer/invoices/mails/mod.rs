//! Invoices by mail: a row that says to whom, and the order for the mail, in one transaction. The
//! mail and the paper in it are written when it is sent.

pub mod graphql;
pub mod input;
pub mod letter;
pub mod loader;
pub mod model;
pub mod query;
pub mod send;
