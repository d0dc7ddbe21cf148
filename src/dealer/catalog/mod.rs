//! What a dealer sells: units of measure, categories, products.
//!
//! A product is kept in one base unit; every other unit it is bought or sold
//! in has an exact factor num/den to the base unit. Invariants: SKU, category
//! code, unit code and barcode are unique per dealer; factors are in lowest
//! terms; the base unit is among a product's units with factor 1.

pub mod categories;
pub mod products;
pub mod quantity;
pub mod units;
