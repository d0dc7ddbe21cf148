//! The operations that servers take which take no others.
//!
//! A client's build lists its operations in a manifest; an operator imports that. Nodes
//! look every few seconds whether something was imported, so neither the import nor a
//! server has to wait for the other.

pub mod manifest;
pub mod query;
