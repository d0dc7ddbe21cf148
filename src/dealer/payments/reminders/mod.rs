//! Reminders of what is overdue: one letter for a customer and level, written when it is sent.
//!
//! Each morning at the dealer's place, [`run::RemindCustomers`] looks for customers with overdue
//! debts and writes down who is reminded, with the order for the letter, in one transaction.
//! A customer is reminded once a day at most, and of each level once for the same oldest debt.

pub mod events;
pub mod graphql;
pub mod input;
pub mod letter;
pub mod level;
pub mod model;
pub mod mutation;
pub mod query;
pub mod run;
pub mod service;

pub use service::restart;
