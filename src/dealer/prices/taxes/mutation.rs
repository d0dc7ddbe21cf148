//! The surface of tax classes and rates: mutations.

use async_graphql::{Context, Object};

use super::graphql::{TaxClass, TaxRate};
use super::input::{TaxClassCreateInput, TaxClassUpdateInput, TaxRateSetInput};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of taxClassCreate.
    TaxClassCreatePayload {
        /// The new class; null if it was refused.
        tax_class: TaxClass
    }
}

payload! {
    /// Result of taxClassUpdate.
    TaxClassUpdatePayload {
        /// The changed class; null if the change was refused.
        tax_class: TaxClass
    }
}

payload! {
    /// Result of taxRateSet.
    TaxRateSetPayload {
        /// The rate; null if it was refused.
        tax_rate: TaxRate
    }
}

/// Mutations on tax classes and rates.
#[derive(Default)]
pub struct TaxMutation;

#[Object]
impl TaxMutation {
    /// Adds a tax class.
    #[graphql(guard = P::TaxesManage, directive = has_permission::apply(P::TaxesManage))]
    async fn tax_class_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The class.")] input: TaxClassCreateInput,
    ) -> AppResult<TaxClassCreatePayload> {
        let unit = ctx.unit()?;
        let result = service::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes a tax class.
    #[graphql(guard = P::TaxesManage, directive = has_permission::apply(P::TaxesManage))]
    async fn tax_class_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: TaxClassUpdateInput,
    ) -> AppResult<TaxClassUpdatePayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Sets the rate of a tax class from a day on, or for some days, after which the rate before
    /// goes on.
    #[graphql(guard = P::TaxesManage, directive = has_permission::apply(P::TaxesManage))]
    async fn tax_rate_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rate.")] input: TaxRateSetInput,
    ) -> AppResult<TaxRateSetPayload> {
        let unit = ctx.unit()?;
        let result = service::set_rate(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
