//! What the caller may choose about a cluster.

use std::path::PathBuf;

/// Where a cluster lives and what may be done to get it.
#[derive(Clone, Debug)]
pub struct ClusterSpec {
    /// The folder that holds the cluster; made if missing.
    pub data: PathBuf,
    /// Where fetched programs are kept; outlives the data.
    pub tools: PathBuf,
    /// The folder of `initdb` and `postgres`, if it is not to be searched for.
    pub bin_dir: Option<PathBuf>,
    /// What a crash of the machine may cost.
    pub durability: Durability,
    /// Whether PostgreSQL may be fetched where there is none.
    pub may_install: bool,
}

/// What a crash of the machine may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed.
    Durable,
    /// The whole cluster; for tests, which then need not wait for the disk.
    Disposable,
}
