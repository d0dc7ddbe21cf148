//! The keys that sign tokens, kept sealed in the control plane.
//!
//! All nodes use the same keys, and hear of changes as they do of revocations.

pub mod query;
pub mod service;
