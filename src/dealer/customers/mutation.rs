//! The surface of customers: mutations.

use async_graphql::{Context, Object};

use super::graphql::Customer;
use super::input::{CustomerCreateInput, CustomerUpdateInput, CustomerVersionInput};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of customerCreate.
    CustomerCreatePayload {
        /// The customer as it is now; null if it was refused.
        customer: Customer
    }
}

payload! {
    /// Result of customerUpdate.
    CustomerUpdatePayload {
        /// The customer as it is now; null if it was refused.
        customer: Customer
    }
}

payload! {
    /// Result of customerArchive.
    CustomerArchivePayload {
        /// The customer as it is now; null if it was refused.
        customer: Customer
    }
}

payload! {
    /// Result of customerRestore.
    CustomerRestorePayload {
        /// The customer as it is now; null if it was refused.
        customer: Customer
    }
}

/// Mutations on customers.
#[derive(Default)]
pub struct CustomerMutation;

#[Object]
impl CustomerMutation {
    /// Adds a customer, without credit.
    #[graphql(guard = P::CustomersManage, directive = has_permission::apply(P::CustomersManage))]
    async fn customer_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer.")] input: CustomerCreateInput,
    ) -> AppResult<CustomerCreatePayload> {
        let unit = ctx.unit()?;
        let result = service::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes what is known of a customer.
    #[graphql(guard = P::CustomersManage, directive = has_permission::apply(P::CustomersManage))]
    async fn customer_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: CustomerUpdateInput,
    ) -> AppResult<CustomerUpdatePayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Archives a customer. Refused while an entry, an order or a delivery is open.
    #[graphql(guard = P::CustomersManage, directive = has_permission::apply(P::CustomersManage))]
    async fn customer_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: CustomerVersionInput,
    ) -> AppResult<CustomerArchivePayload> {
        let unit = ctx.unit()?;
        let result = service::archive(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Takes a customer out of the archive.
    #[graphql(guard = P::CustomersManage, directive = has_permission::apply(P::CustomersManage))]
    async fn customer_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: CustomerVersionInput,
    ) -> AppResult<CustomerRestorePayload> {
        let unit = ctx.unit()?;
        let result = service::restore(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
