//! The surface of quotes: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};

use super::actions::QuoteAction;
use super::input::QuoteWhere;
use super::lines_graphql::QuoteLine;
use super::loader::{LinesByQuote, OrderByQuote, QuoteById, QuotesByNumber};
use super::model::{QuoteId, QuoteLineRow, QuoteRow, QuoteState};
use super::query::{self, QuoteOrder, QuoteSort};
use crate::dealer::audit::graphql::{AuditEntry, history_with_lines};
use crate::dealer::audit::model::Record;
use crate::dealer::calendar::today_of;
use crate::dealer::customers::contacts::graphql::contractor_of;
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::jobs::graphql::Job;
use crate::dealer::customers::jobs::loader::JobById;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::orders::graphql::Order;
use crate::dealer::orders::totals::SaleTotals;
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{Connection, PageArgs, list, list_cost, page_cost};
use crate::graphql::context::ContextExt;
use crate::graphql::found::there;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::kernel::ids::UserId;
use crate::kernel::money::{digits_of, totals};

/// What goods would cost a customer.
#[derive(Clone)]
pub struct Quote(pub QuoteRow);

impl From<QuoteRow> for Quote {
    fn from(row: QuoteRow) -> Self {
        Self(row)
    }
}

impl Quote {
    async fn rows(&self, ctx: &Context<'_>) -> AppResult<Vec<QuoteLineRow>> {
        ctx.unit()?.load_list(LinesByQuote(self.0.id)).await
    }

    async fn stands(&self, ctx: &Context<'_>) -> AppResult<QuoteState> {
        // Asked only for those that the day can change.
        if self.0.state != QuoteState::Sent {
            return Ok(self.0.state);
        }
        Ok(self.0.state_on(today_of(ctx).await?))
    }
}

/// What goods would cost a customer, for some days. No goods are promised by it.
#[Object(directive = has_permission::apply(P::QuotesRead))]
impl Quote {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// 1, 2, 3 …; all revisions of a quote have the same.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// 1, 2, 3 … of its number.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// For whom it is.
    #[graphql(guard = P::CustomersRead, directive = has_permission::apply(P::CustomersRead))]
    async fn customer(&self, ctx: &Context<'_>) -> AppResult<Customer> {
        let id = self.0.customer_id;
        Ok(Customer(there(ctx, CustomerById(id)).await?))
    }

    /// The job that it is for, if for one.
    #[graphql(guard = P::JobsRead, directive = has_permission::apply(P::JobsRead))]
    async fn job(&self, ctx: &Context<'_>) -> AppResult<Option<Job>> {
        match self.0.job_id {
            Some(id) => Ok(ctx.unit()?.load(JobById(id)).await?.map(Job)),
            None => Ok(None),
        }
    }

    /// Where it stands today at the dealer: one without an answer is EXPIRED from the day
    /// behind its last one.
    async fn state(&self, ctx: &Context<'_>) -> AppResult<QuoteState> {
        self.stands(ctx).await
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> AppResult<Vec<QuoteAction>> {
        let unit = ctx.unit()?;
        let permissions = unit.context().permissions();
        let actions = self.stands(ctx).await?.actions().iter().copied();
        let who = contractor_of(ctx).await?;
        let is_beyond = who.is_some_and(|who| !who.reaches(self.0.net + self.0.tax));
        let is_open = |action: &QuoteAction| *action != QuoteAction::Accept || !is_beyond;
        Ok(actions
            .filter(|action| permissions.contains(action.needs()) && is_open(action))
            .collect())
    }

    /// The last day at the dealer on which it can be accepted.
    async fn valid_until(&self) -> NaiveDate {
        self.0.valid_until
    }

    /// Its lines, in their order; at most 200.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn lines(&self, ctx: &Context<'_>) -> AppResult<Vec<QuoteLine>> {
        Ok(self.rows(ctx).await?.into_iter().map(QuoteLine).collect())
    }

    /// What it comes to.
    async fn totals(&self, ctx: &Context<'_>) -> AppResult<SaleTotals> {
        let nets = self.rows(ctx).await?.into_iter();
        let nets: Vec<_> = nets.map(|line| (line.net, line.tax_rate)).collect();
        let currency = &self.0.currency;
        let totals = totals(&nets, digits_of(currency)).map_err(AppError::internal)?;
        Ok(SaleTotals::new(&totals, currency))
    }

    /// All revisions of its number, the first one first; at the portal those that were sent.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn revisions(&self, ctx: &Context<'_>) -> AppResult<Vec<Quote>> {
        let rows = ctx.unit()?.load_list(QuotesByNumber(self.0.number)).await?;
        Ok(rows.into_iter().map(Quote).collect())
    }

    /// The order that was made of it, if one was.
    #[graphql(guard = P::OrdersRead, directive = has_permission::apply(P::OrdersRead))]
    async fn order(&self, ctx: &Context<'_>) -> AppResult<Option<Order>> {
        if self.0.state != QuoteState::Converted {
            return Ok(None);
        }
        let row = ctx.unit()?.load(OrderByQuote(self.0.id)).await?;
        Ok(row.map(Order))
    }

    /// Where the goods shall come from; null if that was not said.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Option<Warehouse>> {
        match self.0.warehouse_id {
            Some(id) => Ok(Some(warehouse_of(ctx, id).await?)),
            None => Ok(None),
        }
    }

    /// The customer's own number of it.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// In the words of whoever wrote it, to be read by the customer.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// What the customer said when it accepted or rejected it.
    async fn answer_reason(&self) -> Option<&str> {
        self.0.answer_reason.as_deref()
    }

    /// The user who wrote it; null if it was no user.
    async fn salesperson(&self) -> Option<ID> {
        self.0.salesperson.map(|id| UserId::from_uuid(id).into())
    }

    /// When it was sent; null if it was not.
    async fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.0.sent_at
    }

    /// When the customer answered; null if it has not.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
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
        let lines = self.rows(ctx).await?;
        let lines = lines.iter().map(|line| line.id.uuid()).collect();
        let document = (Record::QUOTE, self.0.id.uuid());
        history_with_lines(ctx, document, (Record::QUOTE_LINE, lines), first).await
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

/// A quote that a foreign key says is there.
pub(crate) async fn quote_of(ctx: &Context<'_>, id: QuoteId) -> AppResult<Quote> {
    Ok(Quote(there(ctx, QuoteById(id)).await?))
}

/// Queries on quotes.
#[derive(Default)]
pub struct QuoteQuery;

#[Object]
impl QuoteQuery {
    /// One quote, by its id, or by its number and revision; null if there is none.
    #[graphql(guard = P::QuotesRead, directive = has_permission::apply(P::QuotesRead))]
    async fn quote(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<QuoteId>,
        #[graphql(desc = "Its number.")] number: Option<i64>,
        #[graphql(desc = "With the number: which revision; the latest if absent.")]
        revision: Option<i32>,
    ) -> AppResult<Option<Quote>> {
        let unit = ctx.unit()?;
        let row = match (id, number) {
            (Some(id), None) if revision.is_none() => unit.load(QuoteById(id)).await?,
            (None, Some(number)) => {
                let rows = unit.load_list(QuotesByNumber(number)).await?;
                let mut rows = rows.into_iter().rev();
                rows.find(|row| revision.is_none_or(|revision| row.revision == revision))
            }
            _ => {
                let message = "name the quote by its id, or by its number and revision";
                return Err(AppError::bad_input("id", message));
            }
        };
        Ok(row.map(Quote))
    }

    /// What is and was quoted; at the portal what was sent.
    #[graphql(
        guard = P::QuotesRead,
        directive = has_permission::apply(P::QuotesRead),
        complexity = "page_cost(first, last, child_complexity)"
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "the Relay specification wants them flat"
    )]
    async fn quotes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Page size from the start, 1 to 200; 50 if neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Page size from the end, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which quotes.")] filter: Option<QuoteWhere>,
        #[graphql(desc = "Sort keys, at most 3; the latest first if absent.")] order_by: Option<
            Vec<QuoteOrder>,
        >,
    ) -> AppResult<Connection<Quote>> {
        let filter = match filter {
            // Which have expired follows from the day.
            Some(filter) => Some(filter.on(today_of(ctx).await?)),
            None => None,
        };
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        list!(ctx, query, order: QuoteSort = order_by, filter: filter, page: page)
    }
}
