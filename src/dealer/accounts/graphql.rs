//! The surface of accounts: objects and lists.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};

use super::input::AccountEntryWhere;
use super::loader::{AllocationsByEntry, EntryById, ItemByEntry};
use super::model::{AllocationRow, EntryId, EntryKind, EntryRow};
use super::query::{self, AccountEntryOrder, EntrySort};
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::jobs::graphql::Job;
use crate::dealer::customers::jobs::loader::JobById;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::payments::graphql::Payment;
use crate::dealer::payments::loader::PaymentById;
use crate::dealer::payments::model::PaymentId;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::there;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;

/// An entry in a customer's account.
#[derive(Clone)]
pub struct AccountEntry(pub EntryRow);

impl From<EntryRow> for AccountEntry {
    fn from(row: EntryRow) -> Self {
        Self(row)
    }
}

/// An entry in a customer's account. It never changes; what is open of it does.
#[Object(directive = has_permission::apply(P::CreditRead))]
impl AccountEntry {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Whose account it is.
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

    /// What it was posted for.
    async fn kind(&self) -> EntryKind {
        self.0.kind
    }

    /// Number of the document.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// Why it was posted, if by hand.
    #[graphql(guard = P::AccountsPost, directive = has_permission::apply(P::AccountsPost))]
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Above zero it is owed by the customer, below it is owed to him.
    async fn amount(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.amount)
    }

    /// What of it is not settled, with the sign of the amount.
    async fn open(&self, ctx: &Context<'_>) -> AppResult<Money> {
        let item = ctx.unit()?.load(ItemByEntry(self.0.id)).await?;
        let item = item.ok_or_else(|| AppError::internal("an entry has no item"))?;
        Money::of_dealer(ctx, item.open())
    }

    /// Date of the document.
    async fn document_on(&self) -> NaiveDate {
        self.0.document_on
    }

    /// Until when it is to be paid.
    async fn due_on(&self) -> NaiveDate {
        self.0.due_on
    }

    /// The payment that it was posted for, if for one.
    #[graphql(guard = P::PaymentsRead, directive = has_permission::apply(P::PaymentsRead))]
    async fn payment(&self, ctx: &Context<'_>) -> AppResult<Option<Payment>> {
        match (self.0.kind, self.0.source_id) {
            (EntryKind::Payment | EntryKind::Refund, Some(id)) => {
                let key = PaymentById(PaymentId::from_uuid(id));
                Ok(ctx.unit()?.load(key).await?.map(Payment))
            }
            _ => Ok(None),
        }
    }

    /// The entry that it takes back.
    async fn reverses(&self, ctx: &Context<'_>) -> AppResult<Option<AccountEntry>> {
        match self.0.reverses_id {
            Some(id) => Ok(ctx.unit()?.load(EntryById(id)).await?.map(AccountEntry)),
            None => Ok(None),
        }
    }

    /// What settles it, or what it settles, oldest first.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn allocations(&self, ctx: &Context<'_>) -> AppResult<Vec<AccountAllocation>> {
        let rows = ctx.unit()?.load_list(AllocationsByEntry(self.0.id)).await?;
        Ok(rows.into_iter().map(AccountAllocation).collect())
    }

    /// When it was posted.
    async fn posted_at(&self) -> DateTime<Utc> {
        self.0.posted_at
    }
}

/// A part of a credit that settles a part of a debt.
pub struct AccountAllocation(AllocationRow);

/// A part of a credit that settles a part of a debt.
#[Object(directive = has_permission::apply(P::CreditRead))]
impl AccountAllocation {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What settles.
    async fn credit(&self, ctx: &Context<'_>) -> AppResult<AccountEntry> {
        entry(ctx, self.0.credit_entry_id).await
    }

    /// What is settled.
    async fn debt(&self, ctx: &Context<'_>) -> AppResult<AccountEntry> {
        entry(ctx, self.0.debit_entry_id).await
    }

    /// How much; below zero it undoes an earlier one.
    async fn amount(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.amount)
    }

    /// On which day at the dealer's place.
    async fn allocated_on(&self) -> NaiveDate {
        self.0.allocated_on
    }
}

async fn entry(ctx: &Context<'_>, id: EntryId) -> AppResult<AccountEntry> {
    Ok(AccountEntry(there(ctx, EntryById(id)).await?))
}

list_query! {
    /// The list of entries.
    AccountEntryListQuery: query,
    /// Entries in the accounts of customers.
    account_entries -> AccountEntry,
    needs: CreditRead,
    filter: AccountEntryWhere = "Which entries.",
    order: AccountEntryOrder as EntrySort = "Sort keys, at most 3; the latest posted first if absent.",
}
