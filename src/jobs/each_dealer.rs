//! What recurs for each dealer: a job of his own, ordered when his turn comes.
//!
//! Dealers take turns by the names of their schemas, a share of them each minute, so that
//! thousands of jobs are not ordered at once.

use std::marker::PhantomData;

use super::audit::Share;
use super::context::JobContext;
use super::kind::{JobKind, JobResult, Limits};
use super::order::JobOrder;
use super::queue::Queue;
use super::upkeep::Nothing;
use crate::error::AppResult;
use crate::tenancy::audit::seal::{SHARES, names};
use crate::tenancy::directory::active_between;

/// A kind of job that each dealer has from time to time.
pub trait Round: JobKind<Payload = Nothing> {
    /// The name of what orders it.
    const ROUND: &'static str;
}

/// Orders a job of the kind `K` for each dealer of a share who is open. One that still waits
/// from the time before will do.
pub struct EachDealer<K>(PhantomData<fn() -> K>);

impl<K> Default for EachDealer<K> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<K: Round> JobKind for EachDealer<K> {
    const NAME: &'static str = K::ROUND;
    const LIMITS: Limits = Limits::UPKEEP;
    type Payload = Share;

    async fn run(&self, job: JobContext, share: Share) -> JobResult {
        let mut conn = job.control().await?;
        let range = names(share.minute.rem_euclid(SHARES));
        let dealers = active_between(&mut conn, &range).await?;
        conn.transaction(async |conn| {
            for dealer in dealers {
                let order = JobOrder::of::<K>(&Nothing {})?.unique("round");
                Queue::enqueue_for(conn, Some(dealer), &order).await?;
            }
            AppResult::Ok(())
        })
        .await?;
        Ok(())
    }
}
