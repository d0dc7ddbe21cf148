//! The surface of contacts: mutations.

use async_graphql::{Context, Object};

use super::graphql::Contact;
use super::input::{ContactAddInput, ContactRemoveInput, ContactUpdateInput};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of contactAdd.
    ContactAddPayload {
        /// The contact as it is now; null if it was refused.
        contact: Contact
    }
}

payload! {
    /// Result of contactUpdate.
    ContactUpdatePayload {
        /// The contact as it is now; null if it was refused.
        contact: Contact
    }
}

payload! {
    /// Result of contactRemove.
    ContactRemovePayload {
        /// The contact as it is now; null if it was refused.
        contact: Contact
    }
}

/// Mutations on contacts.
#[derive(Default)]
pub struct ContactMutation;

#[Object]
impl ContactMutation {
    /// Adds somebody who is spoken to at a customer, of at most 50.
    #[graphql(guard = P::CustomersManage, directive = has_permission::apply(P::CustomersManage))]
    async fn contact_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] input: ContactAddInput,
    ) -> AppResult<ContactAddPayload> {
        let unit = ctx.unit()?;
        let result = service::add(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes what is known of a contact. Its member is not parted from it while it has a limit.
    #[graphql(guard = P::CustomersManage, directive = has_permission::apply(P::CustomersManage))]
    async fn contact_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: ContactUpdateInput,
    ) -> AppResult<ContactUpdatePayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Removes a contact. One that is a member and has a limit stays until the limit is null.
    #[graphql(guard = P::CustomersManage, directive = has_permission::apply(P::CustomersManage))]
    async fn contact_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ContactRemoveInput,
    ) -> AppResult<ContactRemovePayload> {
        let unit = ctx.unit()?;
        let result = service::remove(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
