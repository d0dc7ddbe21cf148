//! Hop 3 and hop 6: which dealer, and the only way to that dealer's rows.
//!
//! ```text
//! Principal ──▶ Directory::admit ──▶ TenantContext ──▶ TenantPool::begin ──▶ TenantTx
//! ```
//!
//! Each arrow is the one constructor of the value at its head. A [`tx::TenantTx`]
//! is a transaction whose first words set the `search_path` and the role of the
//! dealer; every function that reads or writes a dealer's table takes one.

pub mod audit;
mod build;
pub mod cache;
pub mod context;
pub mod dealer_roles;
pub mod directory;
pub mod doors;
pub mod kept_answers;
pub mod letters;
pub mod live;
pub mod migrate;
pub mod outbox;
pub mod provision;
pub mod raze;
pub mod relocate;
pub mod roles;
pub mod schema_name;
pub mod shared_tx;
pub mod spares;
pub mod state;
mod statements;
pub mod transfer;
pub mod tx;
pub mod verify;

pub use context::{Actor, Standing, TenantContext};
pub use shared_tx::SharedTx;
pub use tx::{Access, TenantPool, TenantTx};
