//! Deliveries: how goods come to customers, by truck or over the counter.

pub mod model;
