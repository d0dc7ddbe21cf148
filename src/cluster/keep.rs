//! Starting the server again when it ended by itself: PostgreSQL looks after its sessions, and
//! nobody after PostgreSQL.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use super::error::ClusterError;
use super::start::Cluster;

/// How often the server is looked at. After each failed start it is twice as long.
const INTERVAL: Duration = Duration::from_millis(500);
/// So many starts in a row may fail.
const MOST_FAILURES: u32 = 6;

/// A cluster whose server is started again if it ends.
#[derive(Debug)]
pub struct KeptCluster {
    stop: Sender<()>,
    keeper: JoinHandle<Cluster>,
}

impl KeptCluster {
    /// Looks after this cluster from now on.
    pub fn new(cluster: Cluster) -> Self {
        let (stop, stopped) = channel();
        let keeper = spawn(move || keep(cluster, &stopped));
        Self { stop, keeper }
    }

    /// As [`Cluster::stop`].
    pub fn stop(self) -> Result<(), ClusterError> {
        drop(self.stop);
        // A keeper that broke off has stopped the server on its way out.
        self.keeper.join().map_or(Ok(()), Cluster::stop)
    }
}

/// Gives the cluster back when it is to be stopped.
fn keep(mut cluster: Cluster, stopped: &Receiver<()>) -> Cluster {
    let mut failures = 0;
    while failures < MOST_FAILURES {
        let pause = INTERVAL.saturating_mul(1 << failures);
        if stopped.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
            return cluster;
        }
        match cluster.revive() {
            Ok(was_gone) => {
                failures = 0;
                if was_gone {
                    tracing::warn!("PostgreSQL had ended, and was started again");
                }
            }
            Err(error) => {
                failures += 1;
                tracing::error!(%error, failures, "PostgreSQL has ended, and does not start");
            }
        }
    }
    tracing::error!("PostgreSQL is not started again; stop this and start it anew");
    let _stopped = stopped.recv();
    cluster
}
