//! How far customers are trusted: exposure, limits, and the check before goods are promised.
//!
//! Exposure = open debts + delivered and not invoiced + ordered and not delivered (only where
//! orders are checked) - credits that settle nothing yet. What is not invoiced is a
//! *commitment*: one row for each document, in one bucket (its primary key), so nothing
//! counts twice. The check locks the customer; whoever commits after it, does so before he
//! lets go.

pub mod check;
pub mod commitments;
pub mod events;
pub mod exposure;
pub mod graphql;
pub mod holds;
pub mod input;
pub mod limits;
pub mod model;
pub mod mutation;
pub mod overrides;
pub mod query;
pub mod service;
pub mod verdict;
