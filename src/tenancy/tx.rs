//! Hop 6: the transaction that stands on one dealer.
//!
//! A shared connection can leak in two ways: a setting outlives its request,
//! or a transaction does. Both are closed by construction here. The path and
//! the role are set LOCAL to a transaction, and a connection returns to the
//! pool from exactly one place: after a COMMIT or ROLLBACK that succeeded. A
//! future dropped anywhere before that drops the `Lease`, which has the
//! connection rolled back, or closes it; one that is not idle is not taken back.
//!
//! The words that set them fly together with the first statement. Were they
//! refused, that statement would meet an empty path and a role without rights.

use std::sync::Arc;

use uuid::Uuid;

use super::audit::note::Refusals;
use super::audit::words;
use super::cache::Cache;
use super::context::TenantContext;
use super::live::Tails;
use super::outbox::append::Told;
use crate::db::backend::{Backend, Left};
use crate::db::connect::Connector;
use crate::db::error::DbResult;
use crate::db::home_metrics::HomeMetrics;
use crate::db::homes::{HomeSettings, Homes, Lease};
use crate::db::observe::StatementCount;
use crate::events::{EventBus, Fact};
use crate::kernel::clock::Clock;

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads one snapshot, from the first statement to the last.
    Read,
    /// Reads and writes.
    Write,
}

/// Hands out transactions on dealers' schemas.
#[derive(Clone)]
pub struct TenantPool {
    homes: Homes,
    bus: EventBus,
    tails: Tails,
    refusals: Refusals,
    clock: Clock,
    cache: Option<Cache>,
}

impl TenantPool {
    /// A pool as configured; connections open on first use.
    pub fn new(connector: &Connector, settings: HomeSettings, bus: EventBus, clock: Clock) -> Self {
        Self {
            homes: Homes::new(connector, settings),
            bus,
            tails: Tails::default(),
            refusals: Refusals::default(),
            clock,
            cache: None,
        }
    }

    /// This, with values kept in `cache`; without, all is read from the tables.
    #[must_use]
    pub fn with_cache(mut self, cache: Option<Cache>) -> Self {
        self.cache = cache;
        self
    }

    /// What keeps values, if anything does.
    pub const fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// Refuses whose dealer has no room in his queue now. Another may take the room before a
    /// transaction is begun, which is refused then.
    pub fn check_room(&self, context: &TenantContext) -> DbResult<()> {
        self.homes.check_room(context.dealer().id)
    }

    /// Begins a transaction on the dealer of `context`; one that may only be read
    /// is refused [`Access::Write`].
    pub async fn begin(
        &self,
        context: Arc<TenantContext>,
        access: Access,
        count: &StatementCount,
    ) -> DbResult<TenantTx> {
        context.permit(access)?;
        let words = self.first_words(&context, access, words::HANDED_ON);
        self.begin_with(context, (access, words), count).await
    }

    /// Begins a transaction by these words.
    pub(super) async fn begin_with(
        &self,
        context: Arc<TenantContext>,
        (access, words): (Access, String),
        count: &StatementCount,
    ) -> DbResult<TenantTx> {
        let mut lease = self.homes.lease(context.dealer().id).await?;
        lease.backend().begin(words, count);
        Ok(TenantTx {
            lease,
            context,
            access,
            pool: self.clone(),
            told: Told::default(),
            request: None,
            after_commit: Vec::new(),
        })
    }

    /// The first words of a transaction. `SET LOCAL` ends with it, whatever
    /// happens, and is the only form that a transaction-mode pooler can not turn
    /// into a leak. `reach` says what a coordinator hands on of them, and stands before all
    /// that may have to be.
    pub(super) fn first_words(
        &self,
        context: &TenantContext,
        access: Access,
        reach: &str,
    ) -> String {
        let (mode, actor) = match access {
            Access::Read => ("ISOLATION LEVEL REPEATABLE READ, READ ONLY", String::new()),
            Access::Write => (
                "ISOLATION LEVEL READ COMMITTED, READ WRITE",
                words::of(context),
            ),
        };
        let schema = context.dealer().schema.quoted();
        let setup = &self.homes.settings().transaction_setup;
        let narrow = context.customer().map(narrowed_to).unwrap_or_default();
        let reach = if narrow.is_empty() && actor.is_empty() {
            ""
        } else {
            reach
        };
        format!(
            "BEGIN {mode}; {setup}{reach}{narrow}{actor}SET LOCAL search_path TO {schema}, public, pg_temp; \
             SET LOCAL ROLE {schema}"
        )
    }

    /// Whether the database lets the request role in.
    pub async fn check(&self) -> DbResult<()> {
        self.homes.check().await
    }

    /// As [`TenantPool::check`], asked at most once a second.
    pub async fn is_well(&self) -> bool {
        self.homes.is_well().await
    }

    /// The bus on which commits hint at their events.
    pub const fn bus(&self) -> &EventBus {
        &self.bus
    }

    /// Whoever is followed on this node.
    pub(super) const fn tails(&self) -> &Tails {
        &self.tails
    }

    /// What bounds the notes of refused changes.
    pub(super) const fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// Opens connections.
    pub(super) fn connector(&self) -> &Connector {
        self.homes.connector()
    }

    /// Runs `work` where the database's sockets are driven; nobody waits for it.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.homes.connector().spawn(work);
    }

    /// The clock that stamps rows and events.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Connections open at this moment, and dealers with work under way.
    pub fn connections(&self) -> (usize, usize) {
        (self.homes.open_connections(), self.homes.busy_dealers())
    }

    /// Statements kept by the connections that are not at work.
    pub fn plans(&self) -> usize {
        self.homes.plans()
    }

    /// What the pool has done so far.
    pub fn metrics(&self) -> &HomeMetrics {
        self.homes.metrics()
    }
}

/// The setting by which the policies of a dealer's tables know that a customer
/// reads (`migrations/README.md`). It stands before the role: if it is refused,
/// there is no role, and so no row.
fn narrowed_to(customer: Uuid) -> String {
    format!("SET LOCAL tubex.customer TO '{customer}'; ")
}

/// A transaction on one dealer's schema: the only way to his rows.
///
/// Queries run on it directly, as on a diesel connection. Dropping it undoes the
/// work; end it by [`TenantTx::commit`] or
/// [`TenantTx::rollback`].
pub struct TenantTx {
    lease: Lease,
    context: Arc<TenantContext>,
    access: Access,
    pool: TenantPool,
    told: Told,
    request: Option<Uuid>,
    after_commit: Vec<Box<dyn FnOnce() + Send>>,
}

impl TenantTx {
    /// Who works for which dealer.
    pub fn context(&self) -> &TenantContext {
        &self.context
    }

    /// The time of this transaction's writes.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.pool.clock.now()
    }

    /// Names the request whose work this is, before its first statement.
    #[must_use]
    pub fn of_request(mut self, request: Uuid) -> Self {
        self.request = Some(request);
        if self.access == Access::Write {
            self.lease.backend().add_words(&words::request(request));
        }
        self
    }

    /// Notes what has happened; it is written down when the transaction commits, and
    /// goes with it if it does not.
    pub fn emit<F: Fact>(&mut self, fact: &F) {
        self.told.push(fact);
    }

    /// Has this done when the transaction has committed; it may be left out if the
    /// process dies or the caller goes away at that moment.
    pub fn after_commit(&mut self, hint: impl FnOnce() + Send + 'static) {
        self.after_commit.push(Box::new(hint));
    }

    /// Makes the work last, its events with it, returns the connection, then hints
    /// at the events.
    ///
    /// Once begun, a commit with events goes on to its end even if the caller goes
    /// away, so that whoever follows the dealer hears at once. If nobody can tell
    /// whether it did, it fails with
    /// [`DbError::Unconfirmed`](crate::db::error::DbError::Unconfirmed).
    pub async fn commit(mut self) -> DbResult<()> {
        if self.told.is_empty() {
            self.lease.backend().commit().await?;
            self.conclude();
            return Ok(());
        }
        let connector = self.pool.homes.connector().clone();
        connector.run(self.commit_events()).await
    }

    async fn commit_events(mut self) -> DbResult<()> {
        let (mark, at) = (self.mark(), self.pool.clock.now());
        let told = std::mem::take(&mut self.told);
        let last = told.written(&self.context, self.request, at)?;
        self.lease.backend().commit_with(mark, &last).await?;
        let (bus, dealer) = (self.pool.bus.clone(), self.context.dealer().id);
        self.conclude();
        bus.committed(dealer);
        Ok(())
    }

    fn conclude(self) {
        self.lease.give_back();
        for hint in self.after_commit {
            hint();
        }
    }

    /// Undoes the work and returns the connection.
    pub async fn rollback(mut self) -> DbResult<()> {
        self.lease.backend().undo(Left::AtRest).await?;
        self.lease.give_back();
        Ok(())
    }

    /// Ends a read without letting the caller wait for the round trip.
    pub fn release(self) {
        self.lease.let_go();
    }

    /// What marks the statements of this dealer, if plans are kept.
    pub(super) fn mark(&self) -> Option<Arc<str>> {
        let keep = self.pool.homes.settings().keep_plans;
        keep.then(|| self.context.dealer().schema.shared())
    }

    /// For the statements of this transaction only.
    pub(super) fn backend(&mut self) -> &mut Backend {
        self.lease.backend()
    }
}
