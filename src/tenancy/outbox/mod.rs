//! A dealer's events, in a table of his schema.
//!
//! They are written with the COMMIT of the transaction in which they happened:
//! `append` raises the dealer's counter and adds the rows in two statements, which
//! leave together with the COMMIT. Whoever raised the counter holds it until he has
//! committed, so ids have no gaps and stand in the order of the commits: who has
//! read up to an id has missed nothing before it. `read` reads on from there,
//! `prune` deletes what is old, and `tidy` what else nobody misses.

pub(super) mod append;
pub(super) mod prune;
pub(super) mod read;
mod tidy;

pub use prune::{Pruned, Pruner};
pub use tidy::Tidy;
