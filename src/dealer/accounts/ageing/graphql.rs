//! The surface of debts by age.

use async_graphql::{Context, Object};
use chrono::NaiveDate;

use super::loader::AgeingByCustomer;
use super::model::{Buckets, DebtorRow, JobBuckets};
use super::query::{self, DebtorOrder, DebtorSort};
use crate::db::keyset::PageRequest;
use crate::dealer::accounts::statement::graphql::day;
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::jobs::graphql::Job;
use crate::dealer::customers::jobs::loader::JobById;
use crate::dealer::customers::loader::CustomerById;
use crate::error::AppResult;
use crate::graphql::connection::{Connection, PageArgs, TotalCount, connect, list_cost, page_cost};
use crate::graphql::context::ContextExt;
use crate::graphql::found::there;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;
use crate::graphql::scope::UnitOfWork;

/// A customer with something open on a day.
pub struct Debtor(DebtorRow);

impl From<DebtorRow> for Debtor {
    fn from(row: DebtorRow) -> Self {
        Self(row)
    }
}

impl Debtor {
    async fn jobs_of(&self, ctx: &Context<'_>) -> AppResult<Vec<JobBuckets>> {
        let key = AgeingByCustomer {
            customer: self.0.id,
            at: self.0.at,
        };
        ctx.unit()?.load_list(key).await
    }
}

/// A customer with something open on a day.
#[Object(directive = has_permission::apply(P::CreditRead))]
impl Debtor {
    /// The customer.
    #[graphql(guard = P::CustomersRead, directive = has_permission::apply(P::CustomersRead))]
    async fn customer(&self, ctx: &Context<'_>) -> AppResult<Customer> {
        let id = self.0.id;
        Ok(Customer(there(ctx, CustomerById(id)).await?))
    }

    /// What it owes, by age.
    async fn buckets(&self, ctx: &Context<'_>) -> AppResult<AgeingBuckets> {
        let jobs = self.jobs_of(ctx).await?;
        let sum = |all: Buckets, job: &JobBuckets| all.plus(job.buckets);
        Ok(AgeingBuckets(jobs.iter().fold(Buckets::default(), sum)))
    }

    /// The same for each job with something open, and for what is of no job.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn jobs(&self, ctx: &Context<'_>) -> AppResult<Vec<DebtorJob>> {
        let jobs = self.jobs_of(ctx).await?;
        Ok(jobs.into_iter().map(DebtorJob).collect())
    }
}

/// What is owed for a job, or for none.
pub struct DebtorJob(JobBuckets);

/// What a customer owes for one of its jobs, or for none.
#[Object(directive = has_permission::apply(P::CreditRead))]
impl DebtorJob {
    /// The job; null for what is of no job.
    #[graphql(guard = P::JobsRead, directive = has_permission::apply(P::JobsRead))]
    async fn job(&self, ctx: &Context<'_>) -> AppResult<Option<Job>> {
        match self.0.job {
            Some(id) => Ok(ctx.unit()?.load(JobById(id)).await?.map(Job)),
            None => Ok(None),
        }
    }

    /// What is owed, by age.
    async fn buckets(&self) -> AgeingBuckets {
        AgeingBuckets(self.0.buckets)
    }
}

/// Debts by how long they are overdue.
pub struct AgeingBuckets(Buckets);

/// Debts by how long they are overdue, by their due dates.
#[Object(directive = has_permission::apply(P::CreditRead))]
impl AgeingBuckets {
    /// Not overdue.
    async fn current(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.current)
    }

    /// Overdue by 1 to 30 days.
    async fn days_1_to_30(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.to_30)
    }

    /// Overdue by 31 to 60 days.
    async fn days_31_to_60(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.to_60)
    }

    /// Overdue by 61 to 90 days.
    async fn days_61_to_90(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.to_90)
    }

    /// Overdue by more than 90 days.
    async fn over_90_days(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.over_90)
    }

    /// Credits that settle nothing yet; zero or below.
    async fn credits(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.credits)
    }

    /// All of these together.
    async fn total(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.total())
    }
}

/// Queries on debts.
#[derive(Default)]
pub struct AgeingQuery;

#[Object]
impl AgeingQuery {
    /// Customers with something open at the end of a day, and for how long they owe it. By
    /// the dates of documents, and by what was allocated until then.
    #[graphql(
        guard = P::CreditRead,
        directive = has_permission::apply(P::CreditRead),
        complexity = "page_cost(first, last, child_complexity)"
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "the Relay specification wants them flat"
    )]
    async fn receivables_ageing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day, at the dealer's place.")] at: NaiveDate,
        #[graphql(
            desc = "Page size from the start, 1 to 200; 50 if neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Page size from the end, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(desc = "Sort keys, at most 3; by account code if absent.")] order_by: Option<
            Vec<DebtorOrder>,
        >,
    ) -> AppResult<Connection<Debtor>> {
        let args = PageArgs {
            first,
            after,
            last,
            before,
        };
        let (request, keys) = (PageRequest::try_from(args)?, DebtorSort::keys(order_by)?);
        let (at, unit) = (day("at", at)?, ctx.unit()?);
        let page = query::page(&mut *unit.tx().await?, at, &keys, &request).await?;
        unit.spend(page.rows.len())?;
        let total = TotalCount::new(move |unit: std::sync::Arc<UnitOfWork>| async move {
            query::count(&mut *unit.tx().await?, at).await
        });
        Ok(connect(page, &keys, total))
    }
}
