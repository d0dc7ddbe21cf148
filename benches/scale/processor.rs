//! What the backends spend on processors, and how much memory they hold.

use std::time::Duration;

use tokio_postgres::Client;

/// The server processes of one login role.
pub struct Backends(Vec<i32>);

impl Backends {
    pub async fn of(owner: &Client, application: &str) -> Self {
        let query = "SELECT pid FROM pg_stat_activity WHERE application_name = $1";
        let rows = owner.query(query, &[&application]).await.unwrap();
        Self(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Time on a processor so far.
    pub fn spent(&self) -> Duration {
        let nanos = |pid: &i32| -> u64 {
            let text =
                std::fs::read_to_string(format!("/proc/{pid}/schedstat")).unwrap_or_default();
            text.split(' ')
                .next()
                .and_then(|text| text.parse().ok())
                .unwrap_or(0)
        };
        Duration::from_nanos(self.0.iter().map(nanos).sum())
    }

    /// Private memory of the largest, in MiB.
    pub fn largest_mib(&self) -> f64 {
        let kib = |pid: &i32| -> f64 {
            let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
                .unwrap_or(0.0)
        };
        self.0.iter().map(kib).fold(0.0, f64::max) / 1024.0
    }
}
