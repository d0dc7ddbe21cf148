//! Barcodes on the units of products: several on a unit, each on one unit of the dealer.
//!
//! What looks like a GTIN is one, and its last digit has to be right. A UPC and the same
//! number with zeros in front are one barcode, since scanners give either.

pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod service;
