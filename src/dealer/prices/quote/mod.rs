//! What something costs somebody: the price that counts, and why.
//!
//! Two statements, whatever the number of products and rules: `query::facts` reads the
//! products with their units and categories, and whose price lists count; `query::rules`
//! all rules that may count. `choose` decides, without a database.

pub mod choose;
pub mod graphql;
pub mod loader;
pub mod model;
pub mod query;
pub mod service;
