//! Returns: goods that come back from customers.
//!
//! Of a line of an order nobody can ask for more to come back than was delivered and is neither
//! back nor on its way back: the order is locked where that is looked at. What comes and can be
//! sold again lies in the warehouse at the cost with which it left; what is spoilt does not. What
//! was invoiced of it is credited, less the restocking fee, and what was not is never billed.

pub mod actions;
pub mod answer;
pub mod credit;
pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod receive;
pub mod request;
