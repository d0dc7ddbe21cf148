//! The surface of accounts: mutations.

use async_graphql::{Context, Object};

use super::graphql::AccountEntry;
use super::input::{
    AccountAdjustInput, AccountAllocateInput, AccountDeallocateInput, AccountEntryReverseInput,
    AccountOpeningAddInput,
};
use super::{allocate, reverse, service};
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of accountOpeningAdd.
    AccountOpeningAddPayload {
        /// The new entries, in the order of the input; null if one was refused.
        entries: Vec<AccountEntry>
    }
}

payload! {
    /// Result of accountAdjust.
    AccountAdjustPayload {
        /// The new entry; null if it was refused.
        entry: AccountEntry
    }
}

payload! {
    /// Result of accountEntryReverse.
    AccountEntryReversePayload {
        /// The new entry, which takes the other back; null if it was refused.
        entry: AccountEntry
    }
}

payload! {
    /// Result of accountAllocate.
    AccountAllocatePayload {
        /// The credit; null if it was refused.
        entry: AccountEntry
    }
}

payload! {
    /// Result of accountDeallocate.
    AccountDeallocatePayload {
        /// The credit; null if it was refused.
        entry: AccountEntry
    }
}

/// Mutations on accounts.
#[derive(Default)]
pub struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Brings over what was open in the books that were kept before.
    #[graphql(guard = P::AccountsPost.and(OnceOnly), directive = has_permission::apply(P::AccountsPost))]
    async fn account_opening_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is open.")] input: AccountOpeningAddInput,
    ) -> AppResult<AccountOpeningAddPayload> {
        let unit = ctx.unit()?;
        let result = service::add_openings(&mut *unit.tx().await?, input).await;
        let entries = |rows: Vec<_>| rows.into_iter().map(AccountEntry).collect::<Vec<_>>();
        let outcome = unit.outcome(result.map(entries))?;
        Ok(outcome.into())
    }

    /// Posts a correction by hand.
    #[graphql(guard = P::AccountsPost.and(OnceOnly), directive = has_permission::apply(P::AccountsPost))]
    async fn account_adjust(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The correction.")] input: AccountAdjustInput,
    ) -> AppResult<AccountAdjustPayload> {
        let unit = ctx.unit()?;
        let result = service::adjust(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Takes an entry back by one of the opposite amount; the two settle each other. Refused
    /// while something of it is allocated, and for the entry of a document: a payment is
    /// taken back by paymentReverse.
    #[graphql(guard = P::AccountsPost.and(OnceOnly), directive = has_permission::apply(P::AccountsPost))]
    async fn account_entry_reverse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entry, and why.")] input: AccountEntryReverseInput,
    ) -> AppResult<AccountEntryReversePayload> {
        let unit = ctx.unit()?;
        let result = reverse::reverse(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Settles debts of a customer by a credit.
    #[graphql(guard = P::AccountsPost.and(OnceOnly), directive = has_permission::apply(P::AccountsPost))]
    async fn account_allocate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which credit, and which debts.")] input: AccountAllocateInput,
    ) -> AppResult<AccountAllocatePayload> {
        let unit = ctx.unit()?;
        let result = allocate::allocate(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Undoes an allocation: both its entries are open again by that much.
    #[graphql(guard = P::AccountsPost.and(OnceOnly), directive = has_permission::apply(P::AccountsPost))]
    async fn account_deallocate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: AccountDeallocateInput,
    ) -> AppResult<AccountDeallocatePayload> {
        let unit = ctx.unit()?;
        let result = allocate::deallocate(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
