//! Deleting content: of files whose time is over, of dealers who are gone.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::links::Link;
use super::model::FileId;
use super::query;
use super::store::Store;
use crate::jobs::upkeep::{Gone, Nothing};
use crate::jobs::{JobContext, JobError, JobKind, JobOrder, JobResult};
use crate::kernel::ids::DealerId;
use crate::tenancy::Access;

/// By when all that is loose in a copy has ended.
const A_DAY: Duration = Duration::from_hours(25);
/// Files of one transaction.
const AT_ONCE: i64 = 100;

/// Deletes a dealer's files whose time is over, and those that are marked for it:
/// content first, then the row, which is what remembers the content.
pub struct SweepFiles {
    /// Where content lies.
    pub store: Store,
}

impl JobKind for SweepFiles {
    const NAME: &'static str = "files.sweep";
    type Payload = Nothing;

    async fn run(&self, job: JobContext, _nothing: Nothing) -> JobResult {
        let dealer = dealer_of(&job)?;
        let now = job.clock().now();
        loop {
            let mut tx = job.begin(Access::Write).await?;
            let expired = query::expired(&mut tx, now, AT_ONCE).await?;
            let freed = query::mark(&mut tx, &expired).await?;
            query::release(&mut tx, freed).await?;
            let deleted = query::deleted(&mut tx, AT_ONCE).await?;
            tx.commit().await?;
            if deleted.is_empty() {
                return Ok(());
            }
            for &file in &deleted {
                self.store.delete(Link { dealer, file }).await?;
            }
            let mut tx = job.begin(Access::Write).await?;
            query::forget(&mut tx, &deleted).await?;
            tx.commit().await?;
        }
    }
}

/// Deletes the content of all files of a dealer who has been dropped.
pub struct ForgetFiles {
    /// Where content lies.
    pub store: Store,
}

impl JobKind for ForgetFiles {
    const NAME: &'static str = "platform.files.forget";
    type Payload = Gone;

    async fn run(&self, _job: JobContext, gone: Gone) -> JobResult {
        let count = self.store.delete_all(gone.dealer).await?;
        tracing::info!(dealer = %gone.dealer, count, "the files of a dropped dealer are deleted");
        Ok(())
    }
}

/// Copies the content of a dealer's files from the dealer whose rows he was given, by a
/// clone or from a file. It believes who that was, so no dealer's role can order it.
pub struct CopyFiles {
    /// Where content lies.
    pub store: Store,
}

/// Whose rows they were.
#[derive(Serialize, Deserialize)]
pub struct Formerly {
    /// The dealer.
    pub dealer: DealerId,
}

impl JobKind for CopyFiles {
    const NAME: &'static str = "system.files.copy";
    type Payload = Formerly;

    async fn run(&self, job: JobContext, formerly: Formerly) -> JobResult {
        let to = dealer_of(&job)?;
        let (mut after, mut missing): (Option<FileId>, u64) = (None, 0);
        loop {
            let mut tx = job.begin(Access::Read).await?;
            let files = query::kept_after(&mut tx, after, AT_ONCE).await?;
            tx.release();
            let Some(last) = files.last() else {
                break;
            };
            after = Some(*last);
            for file in files {
                let dealer = formerly.dealer;
                if dealer == to {
                    continue;
                }
                if !self.store.copy(Link { dealer, file }, to).await? {
                    missing = missing.saturating_add(1);
                }
            }
        }
        // What he was given may end as it did where it comes from.
        let mut tx = job.begin(Access::Write).await?;
        let sweep = JobOrder::of::<SweepFiles>(&Nothing {})?
            .after(A_DAY)
            .unique("copied");
        job.queue().enqueue(&mut tx, &sweep).await?;
        tx.commit().await?;
        if missing > 0 {
            tracing::warn!(dealer = %to, missing, "files whose content was not found");
        }
        Ok(())
    }
}

fn dealer_of(job: &JobContext) -> Result<DealerId, JobError> {
    let context = job.dealer();
    let dealer = context.map(|context| context.dealer().id);
    dealer.ok_or_else(|| JobError::Never("a job of no dealer".to_owned()))
}
