//! Products as people look for them: by barcode, SKU, words of the name, with slips.
//!
//! Every source of candidates is bounded and found by an index, so that a search costs much
//! the same however large the catalogue is (`sources` lists them). The rank says how a
//! product was found; slips are looked for only where little was found without.

pub mod graphql;
pub mod query;
mod sources;
pub mod vocabulary;

pub use query::Found;
pub use sources::FORGOTTEN;
