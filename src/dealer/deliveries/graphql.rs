//! The surface of deliveries: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};

use super::actions::DeliveryAction;
use super::filter::DeliveryWhere;
use super::line::DeliveryLine;
use super::loader::{DeliveriesByOrder, DeliveryById, DeliveryByNumber, LinesByDelivery};
use super::model::{DeliveryId, DeliveryMethod, DeliveryRow, DeliveryState};
use super::query::{self, DeliveryOrder, DeliverySort};
use super::runs::graphql::DeliveryRun;
use super::runs::loader::DeliveryRunById;
use crate::dealer::attachments::graphql::{Attachment, attachments_of};
use crate::dealer::audit::graphql::{AuditEntry, history_with_lines};
use crate::dealer::audit::model::Record;
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::jobs::graphql::Job;
use crate::dealer::customers::jobs::loader::JobById;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::orders::graphql::{Order, order_of};
use crate::dealer::orders::model::OrderId;
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::AppResult;
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::{by_one_key, there};
use crate::graphql::permit::{Permission as P, has_permission};

/// Goods of an order that come to the customer.
#[derive(Clone)]
pub struct Delivery(pub DeliveryRow);

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Self {
        Self(row)
    }
}

/// Goods of one order that come to the customer at once, from one warehouse.
#[Object(directive = has_permission::apply(P::DeliveriesRead))]
impl Delivery {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// 1, 2, 3 …
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Of which order.
    #[graphql(guard = P::OrdersRead, directive = has_permission::apply(P::OrdersRead))]
    async fn order(&self, ctx: &Context<'_>) -> AppResult<Order> {
        order_of(ctx, self.0.order_id).await
    }

    /// Who has ordered.
    #[graphql(guard = P::CustomersRead, directive = has_permission::apply(P::CustomersRead))]
    async fn customer(&self, ctx: &Context<'_>) -> AppResult<Customer> {
        self.buyer(ctx).await
    }

    /// Name of the customer, for whoever brings the goods.
    async fn recipient(&self, ctx: &Context<'_>) -> AppResult<String> {
        Ok(self.buyer(ctx).await?.0.name)
    }

    /// For which of its jobs; null if for none.
    #[graphql(guard = P::JobsRead, directive = has_permission::apply(P::JobsRead))]
    async fn job(&self, ctx: &Context<'_>) -> AppResult<Option<Job>> {
        match self.0.job_id {
            Some(id) => Ok(ctx.unit()?.load(JobById(id)).await?.map(Job)),
            None => Ok(None),
        }
    }

    /// Where the goods come from.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.warehouse_id).await
    }

    /// The run that brings them; null if there is none, and at the portal.
    async fn run(&self, ctx: &Context<'_>) -> AppResult<Option<DeliveryRun>> {
        match self.0.run_id {
            Some(id) => Ok(ctx
                .unit()?
                .load(DeliveryRunById(id))
                .await?
                .map(DeliveryRun)),
            None => Ok(None),
        }
    }

    /// 1, 2, 3 … on the way of the run; two deliveries may be at one stop.
    async fn stop(&self) -> Option<i32> {
        self.0.stop
    }

    /// How the goods come to the customer.
    async fn method(&self) -> DeliveryMethod {
        self.0.method
    }

    /// Where it stands.
    async fn state(&self) -> DeliveryState {
        self.0.state
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> AppResult<Vec<DeliveryAction>> {
        let permissions = ctx.scope()?.context()?.permissions();
        let actions = self.0.state.actions().iter().copied();
        Ok(actions
            .filter(|action| permissions.contains(action.needs()))
            .collect())
    }

    /// Its lines, in their order; at most 200.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn lines(&self, ctx: &Context<'_>) -> AppResult<Vec<DeliveryLine>> {
        let rows = ctx.unit()?.load_list(LinesByDelivery(self.0.id)).await?;
        Ok(rows.into_iter().map(DeliveryLine).collect())
    }

    /// The day on which it should come.
    async fn planned_on(&self) -> NaiveDate {
        self.0.planned_on
    }

    /// Where it goes: street and number.
    async fn address_line(&self) -> Option<&str> {
        self.0.address_line.as_deref()
    }

    /// Where it goes: town.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// Where it goes: postal code.
    async fn postcode(&self) -> Option<&str> {
        self.0.postcode.as_deref()
    }

    /// What drivers should know.
    async fn instructions(&self) -> Option<&str> {
        self.0.instructions.as_deref()
    }

    /// In the words of whoever planned it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Who took the goods; null before.
    async fn signer(&self) -> Option<&str> {
        self.0.signer.as_deref()
    }

    /// Why nobody took them; null if somebody did.
    async fn failure_reason(&self) -> Option<&str> {
        self.0.failure_reason.as_deref()
    }

    /// When the goods left; null before.
    async fn dispatched_at(&self) -> Option<DateTime<Utc>> {
        self.0.dispatched_at
    }

    /// When they were handed over; null before.
    async fn delivered_at(&self) -> Option<DateTime<Utc>> {
        self.0.delivered_at
    }

    /// What became of it and of the lines it has, the latest first.
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
        let lines = ctx.unit()?.load_list(LinesByDelivery(self.0.id)).await?;
        let lines = lines.iter().map(|line| line.id.uuid()).collect();
        let document = (Record::DELIVERY, self.0.id.uuid());
        history_with_lines(ctx, document, (Record::DELIVERY_LINE, lines), first).await
    }

    /// Files at it, such as a photograph that proves it, oldest first.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn attachments(&self, ctx: &Context<'_>) -> AppResult<Vec<Attachment>> {
        attachments_of(ctx, DeliveryId::PREFIX, self.0.id.uuid()).await
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

impl Delivery {
    async fn buyer(&self, ctx: &Context<'_>) -> AppResult<Customer> {
        let id = self.0.customer_id;
        Ok(Customer(there(ctx, CustomerById(id)).await?))
    }
}

/// The deliveries of an order, by number.
pub(crate) async fn deliveries_of(ctx: &Context<'_>, order: OrderId) -> AppResult<Vec<Delivery>> {
    let rows = ctx.unit()?.load_list(DeliveriesByOrder(order)).await?;
    Ok(rows.into_iter().map(Delivery).collect())
}

/// Queries on deliveries.
#[derive(Default)]
pub struct DeliveryQuery;

#[Object]
impl DeliveryQuery {
    /// One delivery, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::DeliveriesRead, directive = has_permission::apply(P::DeliveriesRead))]
    async fn delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<DeliveryId>,
        #[graphql(desc = "Its number.")] number: Option<i64>,
    ) -> AppResult<Option<Delivery>> {
        let keys = (id.map(DeliveryById), number.map(DeliveryByNumber));
        let message = "name the delivery by exactly one of id and number";
        Ok(by_one_key(ctx, keys, message).await?.map(Delivery))
    }
}

list_query! {
    /// The list of deliveries.
    DeliveryListQuery: query,
    /// Goods that come to customers, and those that came.
    deliveries -> Delivery,
    needs: DeliveriesRead,
    filter: DeliveryWhere = "Which deliveries.",
    order: DeliveryOrder as DeliverySort = "Sort keys, at most 3; the latest day first if absent.",
}
