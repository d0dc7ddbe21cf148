//! The surface of jobs: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::actions::JobAction;
use super::input::JobWhere;
use super::loader::JobById;
use super::model::{JobId, JobRow, JobStatus};
use super::query::{self, JobOrder, JobSort};
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::customers::model::CustomerRow;
use crate::dealer::prices::assign::loader::PriceListOfJob;
use crate::dealer::prices::lists::graphql::PriceList;
use crate::error::AppResult;
use crate::graphql::connection::list_query;
use crate::graphql::context::ContextExt;
use crate::graphql::found::there;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;

/// A job site.
#[derive(Clone)]
pub struct Job(pub JobRow);

impl From<JobRow> for Job {
    fn from(row: JobRow) -> Self {
        Self(row)
    }
}

impl Job {
    async fn owner(&self, ctx: &Context<'_>) -> AppResult<CustomerRow> {
        let id = self.0.customer_id;
        there(ctx, CustomerById(id)).await
    }
}

/// A job site of a customer: where goods go and what they are billed under.
#[Object(directive = has_permission::apply(P::JobsRead))]
impl Job {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Whose job it is.
    #[graphql(guard = P::CustomersRead, directive = has_permission::apply(P::CustomersRead))]
    async fn customer(&self, ctx: &Context<'_>) -> AppResult<Customer> {
        self.owner(ctx).await.map(Customer)
    }

    /// Code, unique per customer.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Street and number of the site.
    async fn address_line(&self) -> &str {
        &self.0.address_line
    }

    /// Town of the site.
    async fn city(&self) -> &str {
        &self.0.city
    }

    /// The price list whose prices the job has before those of its customer's; null if it has
    /// none of its own.
    #[graphql(guard = P::PricesRead, directive = has_permission::apply(P::PricesRead))]
    async fn price_list(&self, ctx: &Context<'_>) -> AppResult<Option<PriceList>> {
        let row = ctx.unit()?.load(PriceListOfJob(self.0.id)).await?;
        Ok(row.map(PriceList))
    }

    /// The customer's purchase order number.
    async fn po_number(&self) -> Option<&str> {
        self.0.po_number.as_deref()
    }

    /// Postal code of the site.
    async fn postcode(&self) -> Option<&str> {
        self.0.postcode.as_deref()
    }

    /// For those who bring goods to the site.
    async fn site_instructions(&self) -> Option<&str> {
        self.0.site_instructions.as_deref()
    }

    /// The job's own limit; null if only the customer's holds.
    #[graphql(guard = P::CreditRead, directive = has_permission::apply(P::CreditRead))]
    async fn credit_limit(&self, ctx: &Context<'_>) -> AppResult<Option<Money>> {
        let own = self.0.credit_limit;
        own.map(|limit| Money::of_dealer(ctx, limit)).transpose()
    }

    /// How much may be owed for the job: its own limit, or the customer's if that is less.
    #[graphql(guard = P::CreditRead, directive = has_permission::apply(P::CreditRead))]
    async fn effective_credit_limit(&self, ctx: &Context<'_>) -> AppResult<Money> {
        let customer = self.owner(ctx).await?;
        Money::of_dealer(ctx, self.0.effective_limit(customer.credit_limit))
    }

    /// Why the limit is what it is.
    #[graphql(guard = P::CreditManage, directive = has_permission::apply(P::CreditManage))]
    async fn credit_limit_reason(&self) -> Option<&str> {
        self.0.credit_limit_reason.as_deref()
    }

    /// Why nothing is sold for the job; null if it is not on hold.
    #[graphql(guard = P::CreditRead, directive = has_permission::apply(P::CreditRead))]
    async fn hold_reason(&self) -> Option<&str> {
        self.0.hold_reason.as_deref()
    }

    /// Since when nothing is sold for the job; null if it is not on hold.
    async fn held_at(&self) -> Option<DateTime<Utc>> {
        self.0.held_at
    }

    /// What the caller can do with the job as it is.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> AppResult<Vec<JobAction>> {
        let permissions = ctx.scope()?.context()?.permissions();
        let can = |action: &JobAction| {
            action.suits(self.0.status) && permissions.contains(action.needs())
        };
        Ok(JobAction::ALL.into_iter().filter(can).collect())
    }

    /// Where the job stands.
    async fn status(&self) -> JobStatus {
        self.0.status
    }

    /// Counts the changes of this record.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the record last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Queries on jobs.
#[derive(Default)]
pub struct JobQuery;

#[Object]
impl JobQuery {
    /// One job; null if there is none.
    #[graphql(guard = P::JobsRead, directive = has_permission::apply(P::JobsRead))]
    async fn job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: JobId,
    ) -> AppResult<Option<Job>> {
        Ok(ctx.unit()?.load(JobById(id)).await?.map(Job))
    }
}

list_query! {
    /// The list of jobs.
    JobListQuery: query,
    /// The job sites of the dealer's customers.
    jobs -> Job,
    needs: JobsRead,
    filter: JobWhere = "Which jobs.",
    order: JobOrder as JobSort = "Sort keys, at most 3; in the order customers were made if absent.",
}
