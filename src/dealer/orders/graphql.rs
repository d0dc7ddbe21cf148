//! The surface of orders: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::try_join_all;

use super::actions::OrderAction;
use super::input::OrderWhere;
use super::line::OrderLine;
use super::loader::{LinesByOrder, OrderById, OrderByNumber, OrderLineById};
use super::model::{OrderId, OrderLineId, OrderProgress, OrderRow, OrderState};
use super::portal::graphql::OrderPlacement;
use super::progress::totals_of;
use super::query::{self, OrderOrder, OrderSort};
use super::special::has_to_buy;
use super::totals::SaleTotals;
use crate::dealer::attachments::graphql::{Attachment, attachments_of};
use crate::dealer::audit::graphql::{AuditEntry, history_with_lines};
use crate::dealer::audit::model::Record;
use crate::dealer::customers::contacts::graphql::contractor_of;
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::jobs::graphql::Job;
use crate::dealer::customers::jobs::loader::JobById;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::deliveries::graphql::{Delivery, deliveries_of};
use crate::dealer::purchasing::orders::loader::PurchaseOrderLineById;
use crate::dealer::quotes::graphql::{Quote, quote_of};
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::{by_one_key, there};
use crate::graphql::inline::Inline;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::kernel::ids::UserId;

/// What a customer has ordered.
#[derive(Clone)]
pub struct Order(pub OrderRow);

impl From<OrderRow> for Order {
    fn from(row: OrderRow) -> Self {
        Self(row)
    }
}

impl Order {
    /// Whether goods of one of its lines are to be bought for it.
    async fn has_to_buy(&self, ctx: &Context<'_>) -> AppResult<bool> {
        let unit = ctx.unit()?;
        let lines = unit.load(LinesByOrder(self.0.id)).await?;
        let lines = lines.unwrap_or_default();
        let bought = lines.iter().filter_map(|line| line.purchase_line_id);
        let bought = bought.map(|id| unit.load(PurchaseOrderLineById(id)));
        let bought: Vec<_> = try_join_all(bought).await?.into_iter().flatten().collect();
        Ok(has_to_buy(&lines, &bought))
    }
}

/// What a customer has ordered, for one job or for none.
#[Object(directive = has_permission::apply(P::OrdersRead))]
impl Order {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// 1, 2, 3 …
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Who has ordered.
    #[graphql(guard = P::CustomersRead, directive = has_permission::apply(P::CustomersRead))]
    async fn customer(&self, ctx: &Context<'_>) -> AppResult<Inline<Customer>> {
        let id = self.0.customer_id;
        Ok(Inline(Customer(there(ctx, CustomerById(id)).await?)))
    }

    /// The quote it was made of; null if it was written by itself.
    #[graphql(guard = P::QuotesRead, directive = has_permission::apply(P::QuotesRead))]
    async fn quote(&self, ctx: &Context<'_>) -> AppResult<Option<Quote>> {
        match self.0.quote_id {
            Some(id) => Ok(Some(quote_of(ctx, id).await?)),
            None => Ok(None),
        }
    }

    /// For which job; null if for none.
    #[graphql(guard = P::JobsRead, directive = has_permission::apply(P::JobsRead))]
    async fn job(&self, ctx: &Context<'_>) -> AppResult<Option<Job>> {
        match self.0.job_id {
            Some(id) => Ok(ctx.unit()?.load(JobById(id)).await?.map(Job)),
            None => Ok(None),
        }
    }

    /// Where it stands. That it is on hold is said by `heldAt`.
    async fn state(&self) -> OrderState {
        self.0.state
    }

    /// How much of it is with the customer.
    async fn fulfilment(&self) -> OrderProgress {
        self.0.fulfilment
    }

    /// How much of it is invoiced.
    async fn billing(&self) -> OrderProgress {
        self.0.billing
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> AppResult<Vec<OrderAction>> {
        let permissions = ctx.scope()?.context()?.permissions();
        let who = contractor_of(ctx).await?;
        let can = |action: &OrderAction| {
            action.suits(&self.0)
                && permissions.contains(action.needs())
                && action.is_open_to(&self.0, who.as_ref())
        };
        let mut actions: Vec<_> = OrderAction::ALL.into_iter().filter(can).collect();
        if actions.contains(&OrderAction::BuySpecial) && !self.has_to_buy(ctx).await? {
            actions.retain(|action| *action != OrderAction::BuySpecial);
        }
        Ok(actions)
    }

    /// Its lines, in their order; at most 200.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn lines(&self, ctx: &Context<'_>) -> AppResult<Vec<Inline<OrderLine>>> {
        let rows = ctx.unit()?.load_list(LinesByOrder(self.0.id)).await?;
        Ok(rows.into_iter().map(|row| Inline(OrderLine(row))).collect())
    }

    /// What it comes to, without what of it is cancelled.
    async fn totals(&self, ctx: &Context<'_>) -> AppResult<SaleTotals> {
        let lines = ctx.unit()?.load_list(LinesByOrder(self.0.id)).await?;
        let totals = totals_of(&lines, &self.0.currency).map_err(AppError::internal)?;
        Ok(SaleTotals::new(&totals, &self.0.currency))
    }

    /// Where goods come from whose line does not say.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.warehouse_id).await
    }

    /// What of it comes or came to the customer, by number.
    #[graphql(
        guard = P::DeliveriesRead,
        directive = has_permission::apply(P::DeliveriesRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn deliveries(&self, ctx: &Context<'_>) -> AppResult<Vec<Delivery>> {
        deliveries_of(ctx, self.0.id).await
    }

    /// The day on which the customer wants the goods; null if that was not said.
    async fn wanted_on(&self) -> Option<NaiveDate> {
        self.0.wanted_on
    }

    /// Whether the customer fetches them.
    async fn is_pickup(&self) -> bool {
        self.0.is_pickup
    }

    /// Where the goods go: street and number.
    async fn address_line(&self) -> Option<&str> {
        self.0.address_line.as_deref()
    }

    /// Where the goods go: town.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// Where the goods go: postal code.
    async fn postcode(&self) -> Option<&str> {
        self.0.postcode.as_deref()
    }

    /// What drivers should know.
    async fn instructions(&self) -> Option<&str> {
        self.0.instructions.as_deref()
    }

    /// The customer's own number of it.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// In the words of whoever wrote it.
    #[graphql(guard = P::OrdersManage, directive = has_permission::apply(P::OrdersManage))]
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Why nothing of it is delivered at present; null if it is not on hold.
    #[graphql(guard = P::OrdersManage, directive = has_permission::apply(P::OrdersManage))]
    async fn hold_reason(&self) -> Option<&str> {
        self.0.hold_reason.as_deref()
    }

    /// Since when nothing of it is delivered; null if it is not on hold.
    async fn held_at(&self) -> Option<DateTime<Utc>> {
        self.0.held_at
    }

    /// The user who sold it.
    async fn salesperson(&self) -> Option<ID> {
        let id = self.0.salesperson.map(UserId::from_uuid);
        id.map(|id| id.to_string().into())
    }

    /// How it came about at the portal; null if the dealer wrote it.
    async fn placement(&self) -> Option<OrderPlacement> {
        OrderPlacement::of(&self.0)
    }

    /// When it was confirmed; null if it was not.
    async fn confirmed_at(&self) -> Option<DateTime<Utc>> {
        self.0.confirmed_at
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
        let lines = ctx.unit()?.load_list(LinesByOrder(self.0.id)).await?;
        let lines = lines.iter().map(|line| line.id.uuid()).collect();
        let document = (Record::ORDER, self.0.id.uuid());
        history_with_lines(ctx, document, (Record::ORDER_LINE, lines), first).await
    }

    /// Files at it, such as the customer's own order, oldest first.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn attachments(&self, ctx: &Context<'_>) -> AppResult<Vec<Attachment>> {
        attachments_of(ctx, OrderId::PREFIX, self.0.id.uuid()).await
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

/// An order that a foreign key says is there.
pub(crate) async fn order_of(ctx: &Context<'_>, id: OrderId) -> AppResult<Order> {
    Ok(Order(there(ctx, OrderById(id)).await?))
}

/// A line of an order that a foreign key says is there.
pub(crate) async fn order_line_of(ctx: &Context<'_>, id: OrderLineId) -> AppResult<OrderLine> {
    Ok(OrderLine(there(ctx, OrderLineById(id)).await?))
}

/// Queries on orders.
#[derive(Default)]
pub struct OrderQuery;

#[Object]
impl OrderQuery {
    /// One order, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::OrdersRead, directive = has_permission::apply(P::OrdersRead))]
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<OrderId>,
        #[graphql(desc = "Its number.")] number: Option<i64>,
    ) -> AppResult<Option<Order>> {
        let keys = (id.map(OrderById), number.map(OrderByNumber));
        let message = "name the order by exactly one of id and number";
        Ok(by_one_key(ctx, keys, message).await?.map(Order))
    }
}

list_query! {
    /// The list of orders.
    OrderListQuery: query,
    /// What customers have ordered; at the portal one's own.
    orders -> Order,
    needs: OrdersRead,
    filter: OrderWhere = "Which orders.",
    order: OrderOrder as OrderSort = "Sort keys, at most 3; the latest first if absent.",
}
