//! Orders: what customers have ordered, at what price, and how far that has come.
//!
//! A draft is written anew as often as it takes. Confirming promises the goods and looks at the
//! customer's credit in one transaction. What becomes of a line afterwards is counted on it:
//! planned, delivered, invoiced, returned, cancelled; where the order stands follows from that
//! in one place, `fulfil`. Whoever changes an order locks its customer first and the levels of
//! its goods behind it. What a customer's own people place at the portal is a draft that may
//! wait for one of theirs to approve it; `portal` has what they do.

pub mod actions;
pub mod amend;
pub mod cancel;
pub mod commitment;
pub mod confirm;
pub mod credit;
pub mod drafting;
pub mod events;
pub mod fulfil;
pub mod graphql;
pub mod input;
pub mod line;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod portal;
pub mod price;
pub mod progress;
mod promise;
pub mod query;
pub mod service;
mod shortage;
pub mod special;
pub mod steps;
pub mod subscription;
pub mod totals;
