//! What customers owe: entries that are never changed, and which of them settle which.
//!
//! An entry above zero is owed by the customer, one below is owed to him. What is wrong is
//! reversed by an entry of the opposite amount. A credit is *allocated* to the debts that
//! it settles. Invariants: of an entry never more is allocated than there is (a CHECK); over
//! all entries of a customer, what is allocated sums to zero; an entry is reversed once and
//! a document posted once (unique constraints). Whoever writes locks the customer first.

pub mod ageing;
pub mod allocate;
pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod open;
pub mod post;
pub mod query;
pub mod reverse;
pub mod service;
pub mod settle;
pub mod statement;
