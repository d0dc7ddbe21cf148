//! Where things lie: warehouses, and how much of each product is in them.
//!
//! Quantities are in the product's base unit. Invariants, held by CHECKs:
//! on hand is never negative, reserved is never above on hand.

pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod query;
pub mod sheet;
pub mod warehouses;
