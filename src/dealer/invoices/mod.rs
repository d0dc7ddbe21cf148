//! Invoices and credit notes.
//!
//! A draft bills lines of orders, as far as they are not billed: what stands on one is on no
//! other. Posting gives it a number without a gap, and an entry in the customer's account, which
//! knows what of it is paid. From then on the row policies let nobody change it; what is wrong
//! is credited. All invoices of an order come to what the order comes to, to the last digit.

pub mod actions;
mod amounts;
mod bill;
pub mod change;
pub mod claims;
pub mod correct;
pub mod credit;
mod delivered;
mod draft;
pub mod events;
pub mod from;
pub mod graphql;
mod ground;
pub mod input;
pub mod lines;
pub mod loader;
pub mod mails;
pub mod model;
pub mod mutation;
mod note;
pub mod paper;
pub mod post;
mod posted;
pub mod query;
pub mod settings;
pub mod subscription;
