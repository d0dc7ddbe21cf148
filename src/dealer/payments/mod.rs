//! Payments: what customers have paid, what that settles, and who is reminded of the rest.
//!
//! A payment is an entry in its customer's account, posted with it in one transaction; what it
//! settles is known by the account alone, so that nothing is said twice. It is a document: it
//! has a number, a state, and it can be taken back, which opens again what it had settled.
//! Credit that is paid back is a payment, too, in the other direction. A deposit is paid for
//! an order in advance, and settles nothing until that order is invoiced.

pub mod actions;
pub mod deposits;
pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod record;
pub mod refund;
pub mod reminders;
pub mod steps;
pub mod subscription;
