//! What a dealer sells: units of measure, categories, products, what they are, and how they
//! are found.
//!
//! A product is kept in one base unit; every other unit it is bought or sold
//! in has an exact factor num/den to the base unit. Invariants: SKU, category
//! code, attribute code, unit code and barcode are unique per dealer; factors are in lowest
//! terms; the base unit is among a product's units with factor 1; the category tree has no
//! circle; what was never kept has never been in stock.

pub mod attributes;
pub mod barcodes;
pub mod categories;
pub mod products;
pub mod quantity;
pub mod search;
mod tree;
pub mod units;
pub mod upsert;
