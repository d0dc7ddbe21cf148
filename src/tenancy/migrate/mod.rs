//! The migration runner: the control set once, the tenant set in each schema.
//!
//! ```text
//! MigrationSet ──▶ survey (one query: who is behind?) ──▶ run: workers ──▶ step: one dealer, one transaction
//! ```
//!
//! `set` reads the migrations once, as text. `survey` finds the dealers that
//! lack some. `run` hands them to its workers, sets those aside whose tables are
//! in use (`queue`), and records who failed (`failures`). `step` moves one schema, `revert` takes a step back;
//! `index` and `concurrent` build an index on a large table.
//! `lint` says which SQL would not do for thousands of schemas; `statements` takes
//! SQL apart.

mod concurrent;
mod control;
mod error;
mod failures;
mod index;
pub mod lint;
mod queue;
mod recorder;
mod report;
mod revert;
mod run;
mod set;
pub(in crate::tenancy) mod statements;
pub(in crate::tenancy) mod step;
mod survey;

use diesel_migrations::{EmbeddedMigrations, embed_migrations};

pub use control::{migrate_control, pending_control};
pub use error::MigrateError;
pub use failures::{Failure, failures};
pub use report::{Event, Options, Report, Stopped};
pub use run::Runner;
pub use set::{MigrationSet, Step};
pub(in crate::tenancy) use step::{apply_all, migrate_to_fill, turn_key};
pub use step::{migrate_schema, migrate_schema_with, revert_schema};
pub use survey::{Survey, Target, survey, targets};

/// Migrations of the `platform` schema.
pub const CONTROL: EmbeddedMigrations = embed_migrations!("migrations/control");
/// Migrations of every dealer's schema.
pub const TENANT: EmbeddedMigrations = embed_migrations!("migrations/tenant");
