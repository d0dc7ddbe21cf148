//! Quotes: what goods would cost a customer, for some days.

pub mod model;
