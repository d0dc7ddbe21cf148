//! The surface of runs: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::BoxFuture;

use super::actions::DeliveryRunAction;
use super::input::DeliveryRunWhere;
use super::loader::{DeliveryRunById, DeliveryRunByNumber};
use super::model::{DeliveryRunRow, DeliveryRunState};
use super::query::{self, DeliveryRunOrder, DeliveryRunSort};
use crate::dealer::audit::graphql::{AuditEntry, history};
use crate::dealer::audit::model::Record;
use crate::dealer::calendar::today;
use crate::dealer::deliveries::graphql::Delivery;
use crate::dealer::deliveries::loader::DeliveriesByRun;
use crate::dealer::deliveries::model::DeliveryRunId;
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::AppResult;
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::by_one_key;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::kernel::ids::UserId;

/// Whether somebody works for the caller's dealer. Who members are, the platform knows; the
/// schema is built with its word.
pub struct MemberCheck(pub for<'a> fn(&'a Context<'_>, UserId) -> BoxFuture<'a, AppResult<bool>>);

/// A truck, its driver and its way on a day.
#[derive(Clone)]
pub struct DeliveryRun(pub DeliveryRunRow);

impl From<DeliveryRunRow> for DeliveryRun {
    fn from(row: DeliveryRunRow) -> Self {
        Self(row)
    }
}

/// A truck, its driver and its way on a day.
#[Object(directive = has_permission::apply(P::DeliveriesRead))]
impl DeliveryRun {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// 1, 2, 3 …
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Where it begins.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.warehouse_id).await
    }

    /// Plate or name of the truck.
    async fn truck(&self) -> &str {
        &self.0.truck
    }

    /// The member who drives; null if nobody does yet.
    async fn driver_id(&self) -> Option<ID> {
        self.0.driver.map(ID::from)
    }

    /// Its day.
    async fn runs_on(&self) -> NaiveDate {
        self.0.runs_on
    }

    /// Where it stands.
    async fn state(&self) -> DeliveryRunState {
        self.0.state
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> AppResult<Vec<DeliveryRunAction>> {
        let permissions = ctx.scope()?.context()?.permissions();
        let actions = self.0.state.actions().iter().copied();
        let mut actions: Vec<_> = actions
            .filter(|action| permissions.contains(action.needs()))
            .collect();
        if actions.iter().any(|action| action.looks_at_deliveries()) {
            let on_it = ctx.unit()?.load(DeliveriesByRun(self.0.id)).await?;
            let on_it = on_it.unwrap_or_default();
            actions.retain(|action| action.hindered_by(on_it.iter()).is_none());
        }
        Ok(actions)
    }

    /// Its deliveries, in the order of its stops.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn deliveries(&self, ctx: &Context<'_>) -> AppResult<Vec<Delivery>> {
        let rows = ctx.unit()?.load_list(DeliveriesByRun(self.0.id)).await?;
        Ok(rows.into_iter().map(Delivery).collect())
    }

    /// In the words of whoever planned it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// What became of it, the latest first.
    #[graphql(
        guard = P::AuditRead,
        directive = has_permission::apply(P::AuditRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many changes, 1 to 100.", default = 20)] first: i32,
    ) -> AppResult<Vec<AuditEntry>> {
        history(ctx, (Record::DELIVERY_RUN, self.0.id.uuid()), first).await
    }

    /// Counts the changes of this record; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Queries on runs.
#[derive(Default)]
pub struct DeliveryRunQuery;

#[Object]
impl DeliveryRunQuery {
    /// One run, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::DeliveriesRead, directive = has_permission::apply(P::DeliveriesRead))]
    async fn delivery_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<DeliveryRunId>,
        #[graphql(desc = "Its number.")] number: Option<i64>,
    ) -> AppResult<Option<DeliveryRun>> {
        let keys = (id.map(DeliveryRunById), number.map(DeliveryRunByNumber));
        let message = "name the run by exactly one of id and number";
        Ok(by_one_key(ctx, keys, message).await?.map(DeliveryRun))
    }

    /// What the caller drives on a day, by number; nothing for who is nobody, such as an API
    /// key.
    #[graphql(
        guard = P::DeliveriesRead,
        directive = has_permission::apply(P::DeliveriesRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn my_runs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; today at the dealer if absent.")] on: Option<NaiveDate>,
    ) -> AppResult<Vec<DeliveryRun>> {
        let unit = ctx.unit()?;
        let Some(principal) = unit.context().principal() else {
            return Ok(Vec::new());
        };
        let driver = principal.user();
        let mut tx = unit.tx().await?;
        let day = match on {
            Some(day) => day,
            None => today(&mut tx).await?,
        };
        let rows = query::of_driver(&mut tx, driver, day).await?;
        unit.spend(rows.len())?;
        Ok(rows.into_iter().map(DeliveryRun).collect())
    }
}

list_query! {
    /// The list of runs.
    DeliveryRunListQuery: query,
    /// The ways of trucks, those that were among them.
    delivery_runs -> DeliveryRun,
    needs: DeliveriesRead,
    filter: DeliveryRunWhere = "Which runs.",
    order: DeliveryRunOrder as DeliveryRunSort = "Sort keys, at most 3; the latest day first if absent.",
}
