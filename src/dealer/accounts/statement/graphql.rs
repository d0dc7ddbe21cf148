//! The surface of statements.

use async_graphql::{Context, Object};
use chrono::NaiveDate;

use super::model::{LineRow, Scope};
use super::query::{self, KEYS};
use crate::db::keyset::PageRequest;
use crate::dealer::accounts::graphql::AccountEntry;
use crate::dealer::customers::jobs::loader::JobById;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::customers::model::CustomerId;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{Connection, PageArgs, TotalCount, connect, page_cost};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;
use crate::graphql::scope::UnitOfWork;

/// A customer's account over a time.
pub struct CustomerStatement {
    scope: Scope,
    opening: rust_decimal::Decimal,
    closing: rust_decimal::Decimal,
}

/// A customer's account from one day to another, by the dates of the documents.
#[Object(directive = has_permission::apply(P::CreditRead))]
impl CustomerStatement {
    /// The first day.
    async fn from(&self) -> NaiveDate {
        self.scope.from
    }

    /// The last day.
    async fn to(&self) -> NaiveDate {
        self.scope.to
    }

    /// What was owed before the first day.
    async fn opening_balance(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.opening)
    }

    /// What was owed after the last day.
    async fn closing_balance(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.closing)
    }

    /// The entries of these days, the earliest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "the Relay specification wants them flat"
    )]
    async fn lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Page size from the start, 1 to 200; 50 if neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Page size from the end, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
    ) -> AppResult<Connection<StatementLine>> {
        let args = PageArgs {
            first,
            after,
            last,
            before,
        };
        let (request, scope) = (PageRequest::try_from(args)?, self.scope);
        let unit = ctx.unit()?;
        let page = query::page(&mut *unit.tx().await?, &scope, &request).await?;
        unit.spend(page.rows.len())?;
        let total = TotalCount::new(move |unit: std::sync::Arc<UnitOfWork>| async move {
            query::count(&mut *unit.tx().await?, &scope).await
        });
        Ok(connect(page, KEYS, total))
    }
}

/// An entry with the balance behind it.
pub struct StatementLine(LineRow);

impl From<LineRow> for StatementLine {
    fn from(row: LineRow) -> Self {
        Self(row)
    }
}

/// An entry of a statement, and what was owed once it was posted.
#[Object(directive = has_permission::apply(P::CreditRead))]
impl StatementLine {
    /// The entry.
    async fn entry(&self) -> AccountEntry {
        AccountEntry(self.0.entry.clone())
    }

    /// What was owed behind it; below zero, to the customer.
    async fn balance(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.balance)
    }
}

/// Queries on statements.
#[derive(Default)]
pub struct StatementQuery;

#[Object]
impl StatementQuery {
    /// A customer's account over a time, of one job if one is named; null if there is no
    /// such customer, or no such job of his.
    #[graphql(guard = P::CreditRead, directive = has_permission::apply(P::CreditRead))]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a query are flat"
    )]
    async fn customer_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose account.")] customer_id: CustomerId,
        #[graphql(desc = "Of which job alone.")] job_id: Option<JobId>,
        #[graphql(desc = "The first day.")] from: NaiveDate,
        #[graphql(desc = "The last day.")] to: NaiveDate,
    ) -> AppResult<Option<CustomerStatement>> {
        let days = (day("from", from)?, day("to", to)?);
        if days.0 > days.1 {
            return Err(AppError::bad_input("to", "must not be before from"));
        }
        let unit = ctx.unit()?;
        if unit.load(CustomerById(customer_id)).await?.is_none() {
            return Ok(None);
        }
        if let Some(id) = job_id {
            let job = unit.load(JobById(id)).await?;
            if job.is_none_or(|job| job.customer_id != customer_id) {
                return Ok(None);
            }
        }
        let scope = Scope {
            customer: customer_id,
            job: job_id,
            from,
            to,
        };
        let (opening, closing) = query::balances(&mut *unit.tx().await?, &scope).await?;
        Ok(Some(CustomerStatement {
            scope,
            opening,
            closing,
        }))
    }
}

/// A day that the database can hold as well.
pub(in crate::dealer::accounts) fn day(
    field: &'static str,
    day: NaiveDate,
) -> AppResult<NaiveDate> {
    use chrono::Datelike;
    if (1..=9999).contains(&day.year()) {
        return Ok(day);
    }
    let message = "must lie in the years 1 to 9999";
    Err(AppError::bad_input(field, message))
}
