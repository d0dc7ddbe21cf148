//! The audit log of each dealer: what became of every row, by whom.
//!
//! ```text
//! TenantTx, migrations, seeds: SET LOCAL tubex.actor ──▶ a row changes
//!                                        │  trigger `audit` of its table
//!                                        ▼
//!                     spine.audit ──▶ audit_log_0, _1, _2 ──▶ seal ──▶ audit_seals
//! ```
//!
//! [`tables`] says which tables have the trigger, and what of their columns is not kept;
//! `attach` gives it to them after each dealer's migrations, so that nobody can
//! forget it. `words` are what a transaction says of its actor: without them the
//! trigger refuses. [`note`] writes down what happened to no row, [`seal`] chains what
//! was written, [`ring`] empties what is old, and [`verify`] walks the chain.

pub(super) mod attach;
pub mod heads;
pub mod note;
pub mod read;
pub mod ring;
pub mod seal;
pub mod tables;
pub mod verify;
pub(super) mod words;

mod chain;
