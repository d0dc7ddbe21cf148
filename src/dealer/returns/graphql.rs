//! The surface of returns: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::actions::ReturnAction;
use super::input::ReturnWhere;
use super::loader::{LinesByReturn, ReturnById, ReturnByNumber};
use super::model::{ReturnId, ReturnLineRow, ReturnRow, ReturnState};
use super::query::{self, ReturnOrder, ReturnSort};
use crate::dealer::audit::graphql::{AuditEntry, history_with_lines};
use crate::dealer::audit::model::Record;
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::jobs::graphql::Job;
use crate::dealer::customers::jobs::loader::JobById;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::invoices::graphql::{Invoice, invoice_of};
use crate::dealer::orders::graphql::{Order, order_line_of, order_of};
use crate::dealer::orders::line::OrderLine;
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::AppResult;
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::{by_one_key, there};
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Decimal;

/// Goods that come back from a customer.
#[derive(Clone)]
pub struct Return(pub ReturnRow);

impl From<ReturnRow> for Return {
    fn from(row: ReturnRow) -> Self {
        Self(row)
    }
}

/// Goods of an order that come back from the customer.
#[Object(directive = has_permission::apply(P::ReturnsRead))]
impl Return {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// 1, 2, 3 …
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// The order by which the goods were delivered.
    #[graphql(guard = P::OrdersRead, directive = has_permission::apply(P::OrdersRead))]
    async fn order(&self, ctx: &Context<'_>) -> AppResult<Order> {
        order_of(ctx, self.0.order_id).await
    }

    /// Whose order.
    #[graphql(guard = P::CustomersRead, directive = has_permission::apply(P::CustomersRead))]
    async fn customer(&self, ctx: &Context<'_>) -> AppResult<Customer> {
        let id = self.0.customer_id;
        Ok(Customer(there(ctx, CustomerById(id)).await?))
    }

    /// The job that the order is for, if for one.
    #[graphql(guard = P::JobsRead, directive = has_permission::apply(P::JobsRead))]
    async fn job(&self, ctx: &Context<'_>) -> AppResult<Option<Job>> {
        match self.0.job_id {
            Some(id) => Ok(ctx.unit()?.load(JobById(id)).await?.map(Job)),
            None => Ok(None),
        }
    }

    /// Where the goods come, or came.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.warehouse_id).await
    }

    /// Where it stands.
    async fn state(&self) -> ReturnState {
        self.0.state
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> AppResult<Vec<ReturnAction>> {
        let unit = ctx.unit()?;
        let permissions = unit.context().permissions();
        let may = |action: &ReturnAction| {
            let posts = *action == ReturnAction::Credit;
            permissions.contains(P::ReturnsManage)
                && (!posts || permissions.contains(P::InvoicePost))
        };
        Ok(self.0.state.actions().iter().copied().filter(may).collect())
    }

    /// Its lines, in their order; at most 200.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn lines(&self, ctx: &Context<'_>) -> AppResult<Vec<ReturnLine>> {
        let rows = ctx.unit()?.load_list(LinesByReturn(self.0.id)).await?;
        Ok(rows.into_iter().map(ReturnLine).collect())
    }

    /// Why the goods come back.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// What the dealer said to that.
    async fn answer(&self) -> Option<&str> {
        self.0.answer.as_deref()
    }

    /// The credit note by which they are credited; null before, and if nothing of them was
    /// invoiced.
    #[graphql(guard = P::InvoicesRead, directive = has_permission::apply(P::InvoicesRead))]
    async fn credit_note(&self, ctx: &Context<'_>) -> AppResult<Option<Invoice>> {
        match self.0.credit_note_id {
            Some(id) => Ok(Some(invoice_of(ctx, id).await?)),
            None => Ok(None),
        }
    }

    /// When it was approved; null if it was not.
    async fn approved_at(&self) -> Option<DateTime<Utc>> {
        self.0.approved_at
    }

    /// When the goods came; null before.
    async fn received_at(&self) -> Option<DateTime<Utc>> {
        self.0.received_at
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
        let lines = ctx.unit()?.load_list(LinesByReturn(self.0.id)).await?;
        let lines = lines.iter().map(|line| line.id.uuid()).collect();
        let document = (Record::RETURN, self.0.id.uuid());
        history_with_lines(ctx, document, (Record::RETURN_LINE, lines), first).await
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

/// A line of a return.
pub struct ReturnLine(ReturnLineRow);

/// One line of a return.
#[Object(directive = has_permission::apply(P::ReturnsRead))]
impl ReturnLine {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The line of the order by which it was delivered.
    #[graphql(guard = P::OrdersRead, directive = has_permission::apply(P::OrdersRead))]
    async fn order_line(&self, ctx: &Context<'_>) -> AppResult<OrderLine> {
        order_line_of(ctx, self.0.order_line_id).await
    }

    /// What.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product_id).await
    }

    /// How much shall come back, in the unit in which that was said.
    async fn quantity(&self) -> Quantity {
        let row = &self.0;
        Quantity::in_unit(row.unit_id, row.unit_quantity, row.quantity)
    }

    /// What came and can be sold again, in base units.
    async fn resaleable(&self) -> Quantity {
        Quantity::in_base_of(self.0.product_id, self.0.resaleable)
    }

    /// What came and can not, in base units.
    async fn spoilt(&self) -> Quantity {
        Quantity::in_base_of(self.0.product_id, self.0.spoilt)
    }

    /// What the dealer keeps of its credit, in percent.
    async fn restocking_fee(&self) -> Decimal {
        Decimal(self.0.restocking_fee.normalize())
    }
}

/// Queries on returns.
#[derive(Default)]
pub struct ReturnQuery;

#[Object]
impl ReturnQuery {
    /// One return, by exactly one of its keys; null if there is none.
    #[graphql(name = "return", guard = P::ReturnsRead, directive = has_permission::apply(P::ReturnsRead))]
    async fn one(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ReturnId>,
        #[graphql(desc = "Its number.")] number: Option<i64>,
    ) -> AppResult<Option<Return>> {
        let keys = (id.map(ReturnById), number.map(ReturnByNumber));
        let message = "name the return by exactly one of id and number";
        Ok(by_one_key(ctx, keys, message).await?.map(Return))
    }
}

list_query! {
    /// The list of returns.
    ReturnListQuery: query,
    /// Goods that come back from customers, and those that came.
    returns -> Return,
    needs: ReturnsRead,
    filter: ReturnWhere = "Which returns.",
    order: ReturnOrder as ReturnSort = "Sort keys, at most 3; the latest first if absent.",
}
