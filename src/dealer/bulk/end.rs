//! The job that ends an operation whose own job has died.

use super::import::Ordered;
use super::model::BulkState;
use super::query::End;
use super::report;
use crate::jobs::{JobContext, JobKind, JobResult};
use crate::tenancy::Access;

/// What the dealer is told. What an import has brought in stays, and its lines are found
/// unchanged when it is sent again.
const MESSAGE: &str = "it was tried in vain, again and again; what was done before is kept. \
                       Order it anew, and ask your operator if that fails, too";

/// Ends an import or export that nobody works at any more, however its job has died: it
/// failed too often, took too long, or its workers were killed. What it has done stays.
pub struct EndOperation;

impl JobKind for EndOperation {
    const NAME: &'static str = "bulk.end";
    type Payload = Ordered;

    async fn run(&self, job: JobContext, ordered: Ordered) -> JobResult {
        let failed = End {
            message: Some(MESSAGE.to_owned()),
            ..End::plain(BulkState::Failed)
        };
        let tx = job.begin(Access::Write).await?;
        report::end(tx, ordered.operation, failed).await
    }
}
