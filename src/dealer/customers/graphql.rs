//! The surface of customers: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::actions::CustomerAction;
use super::contacts::graphql::Contact;
use super::contacts::loader::ContactsByCustomer;
use super::input::CustomerWhere;
use super::jobs::graphql::Job;
use super::jobs::loader::JobsByCustomer;
use super::loader::{CustomerByCode, CustomerById};
use super::model::{CreditCheck, CustomerId, CustomerRow};
use super::query::{self, CustomerOrder, CustomerSort};
use crate::dealer::prices::assign::loader::PriceListOfCustomer;
use crate::dealer::prices::lists::graphql::PriceList;
use crate::error::AppResult;
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::by_one_key;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;

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
        Money::of_dealer(ctx, self.0.credit_limit)
    }

    /// Why the limit is what it is.
    #[graphql(guard = P::CreditManage, directive = has_permission::apply(P::CreditManage))]
    async fn credit_limit_reason(&self) -> Option<&str> {
        self.0.credit_limit_reason.as_deref()
    }

    /// At which step of a sale the limit is looked at.
    #[graphql(guard = P::CreditRead, directive = has_permission::apply(P::CreditRead))]
    async fn credit_check(&self) -> CreditCheck {
        self.0.credit_check
    }

    /// Why nothing is sold to the customer; null if it is not on hold.
    #[graphql(guard = P::CreditRead, directive = has_permission::apply(P::CreditRead))]
    async fn hold_reason(&self) -> Option<&str> {
        self.0.hold_reason.as_deref()
    }

    /// Since when nothing is sold to the customer; null if it is not on hold.
    async fn held_at(&self) -> Option<DateTime<Utc>> {
        self.0.held_at
    }

    /// Street and number for bills.
    async fn address_line(&self) -> Option<&str> {
        self.0.address_line.as_deref()
    }

    /// Town for bills.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// Postal code for bills.
    async fn postcode(&self) -> Option<&str> {
        self.0.postcode.as_deref()
    }

    /// Country for bills.
    async fn country(&self) -> Option<&str> {
        self.0.country.as_deref()
    }

    /// Where mails go.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// Where calls go.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// For the dealer's own people.
    #[graphql(guard = P::CustomersManage, directive = has_permission::apply(P::CustomersManage))]
    async fn notes(&self) -> Option<&str> {
        self.0.notes.as_deref()
    }

    /// Who is spoken to, by name.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn contacts(&self, ctx: &Context<'_>) -> AppResult<Vec<Contact>> {
        let rows = ctx.unit()?.load_list(ContactsByCustomer(self.0.id)).await?;
        Ok(rows.into_iter().map(Contact).collect())
    }

    /// What the caller can do with the customer as it is.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> AppResult<Vec<CustomerAction>> {
        let permissions = ctx.scope()?.context()?.permissions();
        let can =
            |action: &CustomerAction| action.suits(&self.0) && permissions.contains(action.needs());
        Ok(CustomerAction::ALL.into_iter().filter(can).collect())
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

    /// The price list whose prices the customer has; null if he has none of his own.
    #[graphql(guard = P::PricesRead, directive = has_permission::apply(P::PricesRead))]
    async fn price_list(&self, ctx: &Context<'_>) -> AppResult<Option<PriceList>> {
        let row = ctx.unit()?.load(PriceListOfCustomer(self.0.id)).await?;
        Ok(row.map(PriceList))
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
        let keys = (id.map(CustomerById), code.map(CustomerByCode));
        let message = "name the customer by exactly one of id and code";
        Ok(by_one_key(ctx, keys, message).await?.map(Customer))
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
