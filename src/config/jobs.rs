//! How jobs are done.

use std::time::Duration;

use clap::Args;

use super::values::{lease, spare_count};

/// How jobs are done.
#[derive(Args, Clone, Debug)]
pub struct JobSettings {
    /// Most jobs at work at once in this process; with 0 it does none, and others have to.
    #[arg(long, env = "TUBEX_WORKERS_JOBS", value_name = "N", default_value = "8", value_parser = spare_count)]
    pub workers_jobs: usize,

    /// How long jobs are left to a worker that is not heard of any more, in seconds.
    #[arg(long, env = "TUBEX_JOB_LEASE_S", value_name = "S", default_value = "60", value_parser = lease)]
    pub job_lease_s: Duration,

    /// For how many months audit logs are kept at least; what is older goes in parts of
    /// eight months.
    #[arg(long, env = "TUBEX_AUDIT_KEPT_MONTHS", value_name = "MONTHS", default_value = "15", value_parser = clap::value_parser!(u32).range(1..=15))]
    pub audit_kept_months: u32,
}
