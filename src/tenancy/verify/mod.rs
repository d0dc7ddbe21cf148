//! Drift: whether each schema is what its migrations make.
//!
//! ```text
//! version of a dealer ──▶ template: the same migrations on a schema that is rolled back
//! schemas, 200 at once ──▶ fingerprint ──▶ one not seen before ──▶ facts ──▶ differences
//! ```
//!
//! The fingerprint of a schema is cheap and hangs on nothing but its definition,
//! so schemas with the same one have the same differences: of a clean fleet only
//! one is looked at in full. `catalogue` asks PostgreSQL, `template` makes what
//! should be, `difference` compares, `run` goes through the dealers.

mod catalogue;
mod difference;
mod run;
mod template;

pub use difference::Difference;
pub use run::{Finding, Seen, Summary, Verifier};
