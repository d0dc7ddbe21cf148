//! Deliveries: how goods come to customers, by truck or over the counter.
//!
//! A delivery is planned of lines of one order; what is planned can not be planned again.
//! Dispatched, its goods have left the stock and the promise to the order is used. Confirmed,
//! they are the customer's: what was not taken comes back to the warehouse and is promised
//! again, and of what is weighed a little more may have come than was planned.

pub mod actions;
pub mod billing;
pub mod confirm;
mod credit;
pub mod dispatch;
pub mod events;
pub mod filter;
pub mod graphql;
mod handed;
pub mod input;
pub mod line;
mod lines;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod pickup;
mod places;
mod plan;
mod proof;
pub mod query;
pub mod runs;
mod scales;
pub mod service;
mod stock;
pub mod subscription;
mod whole;

pub use query::lines_to_bill;
