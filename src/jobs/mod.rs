//! Jobs: work that is ordered in the transaction that causes it, and done later,
//! at least once, by a worker of whichever node.
//!
//! ```text
//! use case ── Queue::enqueue ──▶ platform.jobs ── take, for a lease ──▶ worker
//!  (its own transaction)              ▲                                   │ JobKind::run
//!                                     └── done, later, dead: by token ────┘
//! ```
//!
//! A kind of job is a type ([`JobKind`]) with a name, a payload and limits; those a
//! program can do are in its [`Registry`]. A job of a dealer runs with a
//! [`TenantContext`](crate::tenancy::TenantContext) of that dealer and no other.
//! Handlers have to bear being run twice: a job's id is the same each time.

pub mod audit;
pub mod backoff;
pub mod context;
pub mod cron;
pub mod each_dealer;
pub mod figures;
pub mod kind;
pub mod model;
pub mod order;
pub mod probe;
pub mod query;
pub mod queue;
pub mod registry;
mod settle;
mod take;
mod tries;
mod unknown;
pub mod upkeep;
pub mod worker;

pub use context::JobContext;
pub use kind::{JobError, JobKind, JobResult, Limits};
pub use model::{JobId, JobRow, JobState};
pub use order::JobOrder;
pub use queue::{Enqueued, Queue};
pub use registry::Registry;
pub use worker::{Worker, WorkerSettings};
