//! The job that seals audit logs.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::context::JobContext;
use super::kind::{JobError, JobKind, JobResult, Limits};
use crate::tenancy::audit::seal::Sealer;

/// Seals the logs of a share of the dealers, and empties what is old of them.
pub struct SealAudit(pub Sealer);

/// Whose turn it is.
#[derive(Serialize, Deserialize)]
pub struct Share {
    /// The minute of the slot, by which shares take turns.
    pub minute: i64,
}

impl Share {
    /// Whose turn it is at a slot.
    pub fn at(slot: DateTime<Utc>) -> Self {
        Self {
            minute: slot.timestamp().div_euclid(60),
        }
    }
}

impl JobKind for SealAudit {
    const NAME: &'static str = "platform.audit.seal";
    const LIMITS: Limits = Limits::UPKEEP;
    type Payload = Share;

    async fn run(&self, _job: JobContext, share: Share) -> JobResult {
        let sealer = self.0.clone();
        let work = move || sealer.share(share.minute);
        let done = tokio::task::spawn_blocking(work).await;
        let done = done.map_err(|error| JobError::Never(error.to_string()))??;
        tracing::debug!(
            done.dealers,
            done.rows,
            done.emptied,
            done.failed,
            "sealed audit logs"
        );
        Ok(())
    }
}
