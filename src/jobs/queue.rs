//! The way into the queue.
#![expect(
    clippy::too_many_arguments,
    reason = "the functions of the database take a job column by column"
)]

use std::sync::Arc;
use std::time::Duration;

use diesel::sql_types::{Double, Integer, Jsonb, Nullable, SmallInt, Text, Uuid};
use diesel_async::RunQueryDsl;
use tokio::sync::{Notify, watch};

use super::model::JobId;
use super::order::JobOrder;
use crate::db::connect::Connector;
use crate::db::control::{ControlConn, ControlPool};
use crate::db::error::{DbError, DbResult};
use crate::db::limits::{self, in_time};
use crate::error::AppResult;
use crate::kernel::ids::DealerId;
use crate::tenancy::TenantTx;

/// The channel on which workers hear that there may be something to do.
pub(super) const CHANNEL: &str = "tubex_jobs";
/// Least time between two notifications of a node: a commit that notifies waits for
/// all others that do, so those of dealers do not.
const TELL_EVERY: Duration = Duration::from_millis(50);

diesel::define_sql_function! {
    /// Enqueues for the dealer whose role is set.
    #[sql_name = "spine.enqueue"]
    fn enqueue_own(
        job: Uuid, kind: Text, payload: Jsonb, priority: SmallInt, delay_s: Double,
        max_attempts: Integer, unique_key: Nullable<Text>
    ) -> Uuid;
}
diesel::define_sql_function! {
    /// Enqueues for any dealer, or for the platform.
    #[sql_name = "platform.put_job"]
    fn put_job(
        job: Uuid, dealer: Nullable<Uuid>, kind: Text, payload: Jsonb, priority: SmallInt,
        delay_s: Double, max_attempts: Integer, unique_key: Nullable<Text>
    ) -> Uuid;
}
diesel::define_sql_function! {
    /// Tells who listens, at the commit.
    #[sql_name = "pg_catalog.pg_notify"]
    fn pg_notify(channel: Text, payload: Text);
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enqueued {
    /// The job that will do it.
    pub id: JobId,
    /// Whether it is a new one, and not one of the same key that was waiting.
    pub is_new: bool,
}

/// Enqueues jobs, and tells workers of it.
#[derive(Clone)]
pub struct Queue {
    wake: Arc<Notify>,
    tell: watch::Sender<()>,
}

impl Queue {
    /// The queue of a control plane.
    pub fn new(connector: &Connector, control: ControlPool) -> Self {
        let (tell, told) = watch::channel(());
        connector.spawn(pass_on(control, told));
        Self {
            wake: Arc::default(),
            tell,
        }
    }

    /// Enqueues a job of the dealer of `tx`, in that transaction: if it is undone,
    /// there was no job. The database finds out which dealer that is.
    pub async fn enqueue(&self, tx: &mut TenantTx, order: &JobOrder) -> AppResult<Enqueued> {
        let call = diesel::select(enqueue_own(
            order.id,
            order.kind,
            &order.payload,
            i16::from(order.priority),
            order.delay.as_secs_f64(),
            i32::from(order.attempts),
            order.key.as_deref(),
        ));
        let id: JobId = call.get_result(tx).await.map_err(DbError::from)?;
        let queue = self.clone();
        tx.after_commit(move || queue.hint());
        Ok(Enqueued::of(id, order))
    }

    /// Enqueues a job for `dealer`, or for the platform itself, in the transaction of
    /// `conn`.
    pub async fn enqueue_for(
        conn: &mut ControlConn,
        dealer: Option<DealerId>,
        order: &JobOrder,
    ) -> DbResult<Enqueued> {
        let call = diesel::select(put_job(
            order.id,
            dealer,
            order.kind,
            &order.payload,
            i16::from(order.priority),
            order.delay.as_secs_f64(),
            i32::from(order.attempts),
            order.key.as_deref(),
        ));
        let id: JobId = call.get_result(&mut **conn).await?;
        notify(conn).await?;
        Ok(Enqueued::of(id, order))
    }

    /// Says that there may be something to do: to the worker of this node at once, to
    /// others soon. May be lost; workers look for themselves each second.
    pub fn hint(&self) {
        self.wake.notify_one();
        self.tell.send_replace(());
    }

    /// What wakes the worker of this node.
    pub(super) const fn wake(&self) -> &Arc<Notify> {
        &self.wake
    }
}

impl Enqueued {
    fn of(id: JobId, order: &JobOrder) -> Self {
        let is_new = id == order.id;
        Self { id, is_new }
    }
}

/// Tells all workers, when the transaction commits.
pub(super) async fn notify(conn: &mut ControlConn) -> DbResult<()> {
    let call = diesel::select(pg_notify(CHANNEL, ""));
    call.execute(&mut **conn).await?;
    Ok(())
}

/// Passes hints on to other nodes, many as one; ends with the last [`Queue`].
async fn pass_on(control: ControlPool, mut told: watch::Receiver<()>) {
    while told.changed().await.is_ok() {
        let telling = async { notify(&mut control.checkout().await?).await };
        if let Err(error) = in_time(limits::READ, telling).await {
            tracing::debug!(%error, "workers were not told of a job; they look each second");
        }
        tokio::time::sleep(TELL_EVERY).await;
    }
}
