//! The surface of customers and jobs.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::input::CustomerWhere;
use super::loader::{CustomerByCode, CustomerById, JobsByCustomer};
use super::model::{CustomerId, CustomerRow, JobRow, JobStatus};
use super::query::{self, CustomerOrder, CustomerSort};
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::{Decimal, Money};

/// Who buys.
#[derive(Clone)]
pub struct Customer(pub CustomerRow);

impl From<CustomerRow> for Customer {
    fn from(row: CustomerRow) -> Self {
        Self(row)
    }
}

/// Who buys: usually a contractor with job sites.
#[Object(directive = has_permission::apply(P::CustomersRead))]
impl Customer {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Unique account code.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name of the company or person.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Tax number.
    async fn tax_id(&self) -> Option<&str> {
        self.0.tax_id.as_deref()
    }

    /// Days from the date of an invoice until it is due.
    async fn terms_days(&self) -> i16 {
        self.0.terms_days
    }

    /// How much the customer may owe.
    #[graphql(guard = P::CreditRead, directive = has_permission::apply(P::CreditRead))]
    async fn credit_limit(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Ok(Money {
            amount: Decimal(self.0.credit_limit),
            currency: ctx.unit()?.context().dealer().currency.clone(),
        })
    }

    /// The customer's job sites, by code.
    #[graphql(
        guard = P::JobsRead,
        directive = has_permission::apply(P::JobsRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn jobs(&self, ctx: &Context<'_>) -> AppResult<Vec<Job>> {
        let rows = ctx.unit()?.load_list(JobsByCustomer(self.0.id)).await?;
        Ok(rows.into_iter().map(Job).collect())
    }

    /// When it was archived; null while it is in use.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
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

/// A job site.
#[derive(Clone)]
pub struct Job(pub JobRow);

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
        let id = self.0.customer_id;
        let row = ctx.unit()?.load(CustomerById(id)).await?;
        row.map(Customer)
            .ok_or_else(|| AppError::internal(format!("{id} has vanished")))
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

    /// The customer's purchase order number.
    async fn po_number(&self) -> Option<&str> {
        self.0.po_number.as_deref()
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

/// Queries on customers.
#[derive(Default)]
pub struct CustomerQuery;

#[Object]
impl CustomerQuery {
    /// One customer, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::CustomersRead, directive = has_permission::apply(P::CustomersRead))]
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<CustomerId>,
        #[graphql(desc = "Its account code.")] code: Option<String>,
    ) -> AppResult<Option<Customer>> {
        let unit = ctx.unit()?;
        let row = match (id, code) {
            (Some(id), None) => unit.load(CustomerById(id)).await?,
            (None, Some(code)) => unit.load(CustomerByCode(code)).await?,
            _ => {
                let message = "name the customer by exactly one of id and code";
                return Err(AppError::bad_input("id", message));
            }
        };
        Ok(row.map(Customer))
    }
}

list_query! {
    /// The list of customers.
    CustomerListQuery: query,
    /// The dealer's customers.
    customers -> Customer,
    needs: CustomersRead,
    filter: CustomerWhere = "Which customers.",
    order: CustomerOrder as CustomerSort = "Sort keys, at most 3; by name if absent.",
}
