//! Spare schemas: made in stock, so that a new dealer need not wait for his.
//!
//! ```text
//! Spares::refill ──▶ stock: empty schemas, many at once ──▶ build: filled by chunks ──▶ SPARE with a version
//! Provisioner::begin_tx ──▶ claim: one UPDATE makes the oldest of them a dealer's
//! ```
//!
//! A spare is a row of `platform.dealers` without a dealer, so its id and the
//! name of its schema are generated, and migrations treat it like any other.
//! Half-made ones are not seen by anybody but the next refill, which goes on
//! where the last one stopped.

mod claim;
mod refill;
mod stock;

pub use claim::spare_claim_tx;
pub use refill::{Refill, Spares, Turn};
pub use stock::Stock;
