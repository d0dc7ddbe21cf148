//! Goods receipts: what came of purchase orders, and what it has cost to bring it in.
//!
//! A receipt is posted when it is made and never changed. Its goods come to stock at what
//! the supplier takes for them and their share of freight and the like (`landed`); parts
//! add up to the cent. How much more may come than was ordered is the supplier's tolerance
//! (`tolerance`).

pub mod arrived;
pub mod events;
pub mod graphql;
pub mod input;
pub mod landed;
pub mod loader;
mod lots;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
pub mod tolerance;
