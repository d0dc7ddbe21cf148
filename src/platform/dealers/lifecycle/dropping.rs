//! What becomes of dealers whose grace is over.

use super::query::{self, ActionRow};
use super::{DealerAction, Lifecycle, LifecycleError, Order, find};
use crate::files::sweep::ForgetFiles;
use crate::jobs::upkeep::{ForgetDealer, Gone};
use crate::jobs::{JobOrder, Queue};
use crate::kernel::ids::DealerId;
use crate::tenancy::directory::DealerStatus;
use crate::tenancy::raze::raze;
use crate::tenancy::schema_name::SchemaName;

/// Dealers dropped in one go; each drop has all backends plan anew.
const AT_ONCE: i64 = 20;

impl Lifecycle {
    /// Drops the dealers whose grace is over, some at a time; says of each how it
    /// went. Killed anywhere, it goes on at the next call.
    pub async fn drop_due(
        &self,
        actor: &str,
    ) -> Result<Vec<(DealerId, Result<(), LifecycleError>)>, LifecycleError> {
        let mut conn = self.control.checkout().await?;
        let due = query::due(&mut conn, self.clock.now(), AT_ONCE).await?;
        drop(conn);
        let mut outcomes = Vec::with_capacity(due.len());
        for dealer in due {
            let outcome = self.finish_drop(dealer, actor).await;
            if let Err(error) = &outcome {
                self.set_aside(dealer, error).await?;
            }
            outcomes.push((dealer, outcome));
        }
        Ok(outcomes)
    }

    /// Whoever can not be dropped is tried again after the others: as many of
    /// them as there are in one go would keep everybody else waiting.
    async fn set_aside(
        &self,
        dealer: DealerId,
        error: &LifecycleError,
    ) -> Result<(), LifecycleError> {
        let mut conn = self.control.checkout().await?;
        let (cause, now) = (error.to_string(), self.clock.now());
        Ok(query::drop_failed(&mut conn, dealer, &cause, now).await?)
    }

    /// Drops schema and role of a dealer whose grace is over. Nothing is done to
    /// a dealer who has been resumed.
    pub async fn finish_drop(&self, dealer: DealerId, actor: &str) -> Result<(), LifecycleError> {
        let mut conn = self.control.checkout().await?;
        query::begin_drop(&mut conn, dealer, self.clock.now()).await?;
        let found = find(&mut conn, dealer).await?;
        let replaced = query::replaced_schemas(&mut conn, dealer).await?;
        // Given back: the tables take a while and need none.
        drop(conn);
        if found.status != DealerStatus::Deleting || found.drop_began_at.is_none() {
            return Ok(());
        }
        // Those that a restore has put aside hold his rows as well.
        for schema in replaced.iter().chain([&found.schema_name]) {
            self.raze(schema).await?;
        }
        self.note_dropped(dealer, &replaced, actor).await
    }

    async fn raze(&self, schema: &str) -> Result<(), LifecycleError> {
        let schema: SchemaName = schema.parse().map_err(LifecycleError::raze)?;
        let razed = self.owner.run(move |conn| raze(conn, &schema)).await;
        razed.map_err(LifecycleError::raze)
    }

    async fn note_dropped(
        &self,
        dealer: DealerId,
        replaced: &[String],
        actor: &str,
    ) -> Result<(), LifecycleError> {
        let now = self.clock.now();
        let order = Order {
            dealer,
            actor: actor.to_owned(),
            reason: None,
            expected: None,
        };
        let mut conn = self.control.checkout().await?;
        conn.transaction(async |conn| {
            query::forget_replaced(conn, replaced).await?;
            // Of two who have dropped him, one says so.
            if query::end_drop(conn, dealer, now).await? {
                let row = ActionRow::new(&order, DealerAction::Dropped, None, now);
                query::note(conn, row).await?;
                let jobs =
                    JobOrder::of::<ForgetDealer>(&Gone { dealer }).map_err(LifecycleError::raze)?;
                Queue::enqueue_for(conn, None, &jobs).await?;
                let files =
                    JobOrder::of::<ForgetFiles>(&Gone { dealer }).map_err(LifecycleError::raze)?;
                Queue::enqueue_for(conn, None, &files).await?;
            }
            Ok(())
        })
        .await
    }
}
