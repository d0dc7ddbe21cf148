//! The surface of price lists: mutations.

use async_graphql::{Context, Object};

use super::graphql::PriceList;
use super::input::{PriceListArchiveInput, PriceListCreateInput, PriceListUpdateInput};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of priceListCreate.
    PriceListCreatePayload {
        /// The new list; null if it was refused.
        price_list: PriceList
    }
}

payload! {
    /// Result of priceListUpdate.
    PriceListUpdatePayload {
        /// The changed list; null if the change was refused.
        price_list: PriceList
    }
}

payload! {
    /// Result of priceListArchive.
    PriceListArchivePayload {
        /// The archived list; null if it was refused.
        price_list: PriceList
    }
}

/// Mutations on price lists.
#[derive(Default)]
pub struct PriceListMutation;

#[Object]
impl PriceListMutation {
    /// Adds a price list.
    #[graphql(guard = P::PricesManage, directive = has_permission::apply(P::PricesManage))]
    async fn price_list_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The list.")] input: PriceListCreateInput,
    ) -> AppResult<PriceListCreatePayload> {
        let unit = ctx.unit()?;
        let result = service::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes a price list.
    #[graphql(guard = P::PricesManage, directive = has_permission::apply(P::PricesManage))]
    async fn price_list_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: PriceListUpdateInput,
    ) -> AppResult<PriceListUpdatePayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Archives a price list: nobody has its prices any more.
    #[graphql(guard = P::PricesManage, directive = has_permission::apply(P::PricesManage))]
    async fn price_list_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: PriceListArchiveInput,
    ) -> AppResult<PriceListArchivePayload> {
        let unit = ctx.unit()?;
        let result = service::archive(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
