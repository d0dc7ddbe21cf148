//! Deliveries that are kept no longer, and endpoints that were deleted.

use super::model::LOG_KEPT;
use super::query::{deliveries, endpoints};
use crate::jobs::upkeep::Nothing;
use crate::jobs::{JobContext, JobKind, JobResult, Limits};

/// Throws away old deliveries, and deleted endpoints.
pub struct PruneWebhooks;

impl JobKind for PruneWebhooks {
    const NAME: &'static str = "platform.webhooks.prune";
    const LIMITS: Limits = Limits::UPKEEP;
    type Payload = Nothing;

    async fn run(&self, job: JobContext, _nothing: Nothing) -> JobResult {
        let before = job.clock().now() - LOG_KEPT;
        let mut conn = job.control().await?;
        while !job.is_stopping() && deliveries::prune(&mut conn, before).await? > 0 {}
        endpoints::forget_dropped(&mut conn).await?;
        for id in endpoints::deleted(&mut conn).await? {
            while !job.is_stopping() && deliveries::prune_endpoint(&mut conn, id).await? > 0 {}
            if job.is_stopping() {
                return Ok(());
            }
            endpoints::delete(&mut conn, id).await?;
        }
        Ok(())
    }
}
