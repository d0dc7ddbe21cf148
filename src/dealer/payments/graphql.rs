//! The surface of payments: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::actions::{PaymentAction, Use};
use super::input::PaymentWhere;
use super::loader::{PaymentById, PaymentByNumber};
use super::model::{PaymentDirection, PaymentId, PaymentMethod, PaymentRow, PaymentState};
use super::query::{self, PaymentOrder, PaymentSort};
use crate::dealer::accounts::graphql::AccountEntry;
use crate::dealer::accounts::loader::{EntryById, ItemByEntry, StandingByEntry};
use crate::dealer::accounts::model::{AllocationRow, EntryId};
use crate::dealer::audit::graphql::{AuditEntry, history};
use crate::dealer::audit::model::Record;
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::jobs::graphql::Job;
use crate::dealer::customers::jobs::loader::JobById;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::orders::graphql::{Order, order_of};
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::{by_one_key, there};
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;

/// What a customer has paid, or was paid back.
#[derive(Clone)]
pub struct Payment(pub PaymentRow);

impl From<PaymentRow> for Payment {
    fn from(row: PaymentRow) -> Self {
        Self(row)
    }
}

impl Payment {
    /// How much of it settles something.
    async fn used(&self, ctx: &Context<'_>) -> AppResult<Decimal> {
        if self.0.state == PaymentState::Reversed {
            return Ok(Decimal::ZERO);
        }
        let item = ctx.unit()?.load(ItemByEntry(self.0.entry_id)).await?;
        let item = item.ok_or_else(|| AppError::internal("an entry has no item"))?;
        Ok(item.allocated.abs())
    }
}

/// What a customer has paid, or was paid back.
#[Object(directive = has_permission::apply(P::PaymentsRead))]
impl Payment {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// 1, 2, 3 …
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Who has paid whom.
    async fn direction(&self) -> PaymentDirection {
        self.0.direction
    }

    /// Where it stands.
    async fn state(&self) -> PaymentState {
        self.0.state
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> AppResult<Vec<PaymentAction>> {
        let permissions = ctx.scope()?.context()?.permissions();
        let used = self.used(ctx).await?;
        let used = Use {
            some: !used.is_zero(),
            all: used == self.0.amount,
        };
        let suits = |action: &PaymentAction| {
            permissions.contains(action.needs()) && action.suits(&self.0, used)
        };
        Ok(PaymentAction::ALL.into_iter().filter(suits).collect())
    }

    /// Whose account it is in.
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

    /// The order that it is a deposit for, if it is one.
    #[graphql(guard = P::OrdersRead, directive = has_permission::apply(P::OrdersRead))]
    async fn order(&self, ctx: &Context<'_>) -> AppResult<Option<Order>> {
        match self.0.order_id {
            Some(id) => Ok(Some(order_of(ctx, id).await?)),
            None => Ok(None),
        }
    }

    /// How it was paid.
    async fn method(&self) -> PaymentMethod {
        self.0.method
    }

    /// How much; above zero in both directions.
    async fn amount(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.amount.normalize())
    }

    /// How much of it settles debts; of one to the customer, how much credit it has used up.
    /// Nothing once it is taken back.
    async fn allocated(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.used(ctx).await?.normalize())
    }

    /// How much of it settles nothing yet. Nothing once it is taken back.
    async fn unallocated(&self, ctx: &Context<'_>) -> AppResult<Money> {
        let left = match self.0.state {
            PaymentState::Reversed => Decimal::ZERO,
            _ => self.0.amount - self.used(ctx).await?,
        };
        Money::of_dealer(ctx, left.normalize())
    }

    /// What it settles now, the first allocated first; of one to the customer, the credits that
    /// it has used up.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn allocations(&self, ctx: &Context<'_>) -> AppResult<Vec<PaymentAllocation>> {
        if self.0.state == PaymentState::Reversed {
            return Ok(Vec::new());
        }
        let own = self.0.entry_id;
        let rows = ctx.unit()?.load_list(StandingByEntry(own)).await?;
        let allocation = |row| PaymentAllocation { row, own };
        Ok(rows.into_iter().map(allocation).collect())
    }

    /// On which day it was paid.
    async fn paid_on(&self) -> NaiveDate {
        self.0.paid_on
    }

    /// The number that the bank or till gave it.
    async fn external_ref(&self) -> Option<&str> {
        self.0.external_ref.as_deref()
    }

    /// In the words of whoever recorded it.
    #[graphql(guard = P::PaymentsManage, directive = has_permission::apply(P::PaymentsManage))]
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// What it is in the customer's account.
    #[graphql(guard = P::CreditRead, directive = has_permission::apply(P::CreditRead))]
    async fn account_entry(&self, ctx: &Context<'_>) -> AppResult<AccountEntry> {
        entry_of(ctx, self.0.entry_id).await
    }

    /// When it was reconciled; null if it was not.
    async fn reconciled_at(&self) -> Option<DateTime<Utc>> {
        self.0.reconciled_at
    }

    /// When it was taken back; null if it was not.
    async fn reversed_at(&self) -> Option<DateTime<Utc>> {
        self.0.reversed_at
    }

    /// Why it was taken back.
    async fn reversal_reason(&self) -> Option<&str> {
        self.0.reversal_reason.as_deref()
    }

    /// What became of it, the latest first.
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
        history(ctx, (Record::PAYMENT, self.0.id.uuid()), first).await
    }

    /// Counts the changes of this record; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was recorded.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// A part of a payment and the entry that it settles.
pub struct PaymentAllocation {
    row: AllocationRow,
    /// The payment's entry, on one of its sides.
    own: EntryId,
}

/// A part of a payment and what it settles.
#[Object(directive = has_permission::apply(P::PaymentsRead))]
impl PaymentAllocation {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// How much.
    async fn amount(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.row.amount.normalize())
    }

    /// On which day at the dealer's place.
    async fn allocated_on(&self) -> NaiveDate {
        self.row.allocated_on
    }

    /// The debt that is settled; of a payment to the customer, the credit that is used up.
    #[graphql(guard = P::CreditRead, directive = has_permission::apply(P::CreditRead))]
    async fn account_entry(&self, ctx: &Context<'_>) -> AppResult<AccountEntry> {
        let row = &self.row;
        let other = if row.credit_entry_id == self.own {
            row.debit_entry_id
        } else {
            row.credit_entry_id
        };
        entry_of(ctx, other).await
    }
}

async fn entry_of(ctx: &Context<'_>, id: EntryId) -> AppResult<AccountEntry> {
    Ok(AccountEntry(there(ctx, EntryById(id)).await?))
}

/// Queries on payments.
#[derive(Default)]
pub struct PaymentQuery;

#[Object]
impl PaymentQuery {
    /// One payment, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::PaymentsRead, directive = has_permission::apply(P::PaymentsRead))]
    async fn payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<PaymentId>,
        #[graphql(desc = "Its number.")] number: Option<i64>,
    ) -> AppResult<Option<Payment>> {
        let keys = (id.map(PaymentById), number.map(PaymentByNumber));
        let message = "name the payment by exactly one of id and number";
        Ok(by_one_key(ctx, keys, message).await?.map(Payment))
    }
}

list_query! {
    /// The list of payments.
    PaymentListQuery: query,
    /// What customers have paid, and were paid back.
    payments -> Payment,
    needs: PaymentsRead,
    filter: PaymentWhere = "Which payments.",
    order: PaymentOrder as PaymentSort = "Sort keys, at most 3; the latest recorded first if absent.",
}
