//! What decides a price and stands elsewhere: the price list of a customer or job, the tax
//! class and cost of a product.

pub mod events;
pub mod input;
pub mod loader;
pub mod mutation;
pub mod query;
pub mod service;
