//! Many products at once, by SKU: those that are not there are added, the others changed.
//!
//! Each row stands for itself: one that is wrong is told and left out, and the others are
//! written, in as many statements for one row as for five hundred.

pub mod graphql;
pub mod input;
pub mod mutation;
mod plan;
pub mod service;
