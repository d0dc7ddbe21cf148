//! The rates of tax classes.

pub mod query;
