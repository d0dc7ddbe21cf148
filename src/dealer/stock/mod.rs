//! Where things lie: warehouses, how much of each product is in them, and what it cost.
//!
//! What lies where is the sum of movements (`ledger`), which are added and never
//! changed. Some of it may be promised (`holds`). Quantities are in the product's base
//! unit. Invariants, held by CHECKs: on hand is negative only where that is allowed, and
//! so is what is available; `reconcile` proves that levels are the sums of their
//! movements and reservations.

pub mod adjust;
pub mod availability;
pub mod counts;
pub mod graphql;
pub mod holds;
pub mod input;
pub mod ledger;
pub mod loader;
pub mod lots;
pub mod model;
pub mod query;
pub mod reconcile;
pub mod reorder;
pub mod sheet;
pub mod subscription;
pub mod transfers;
pub mod valuation;
pub mod warehouses;
