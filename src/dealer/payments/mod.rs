//! Payments of customers.

pub mod model;
