//! The surface: the price list of a customer or job, cost and tax class of a product.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::input::{CustomerPriceListSetInput, JobPriceListSetInput, ProductPricingSetInput};
use super::service;
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::prices::lists::graphql::PriceList;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

/// The price list of a customer or job.
#[derive(SimpleObject)]
#[graphql(directive = has_permission::apply(P::PricesRead))]
pub struct PriceListAssignment {
    /// Id of the customer or job.
    id: ID,
    /// The price list; null for none.
    price_list: Option<PriceList>,
    /// Counts the changes of the customer or job; send it as `expectedVersion`.
    version: i32,
}

payload! {
    /// Result of customerPriceListSet.
    CustomerPriceListSetPayload {
        /// What the customer has now; null if it was refused.
        assignment: PriceListAssignment
    }
}

payload! {
    /// Result of jobPriceListSet.
    JobPriceListSetPayload {
        /// What the job has now; null if it was refused.
        assignment: PriceListAssignment
    }
}

payload! {
    /// Result of productPricingSet.
    ProductPricingSetPayload {
        /// The product; null if it was refused.
        product: Product
    }
}

/// Mutations on what decides a price and stands elsewhere.
#[derive(Default)]
pub struct AssignMutation;

#[Object]
impl AssignMutation {
    /// Gives a customer a price list, or takes his.
    #[graphql(guard = P::PricesManage, directive = has_permission::apply(P::PricesManage))]
    async fn customer_price_list_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which customer, and which list.")] input: CustomerPriceListSetInput,
    ) -> AppResult<CustomerPriceListSetPayload> {
        let unit = ctx.unit()?;
        let result = service::set_customer_list(&mut *unit.tx().await?, input).await;
        let assigned = result.map(|(row, list)| PriceListAssignment {
            id: row.id.into(),
            price_list: list.map(PriceList),
            version: row.version,
        });
        Ok(unit.outcome(assigned)?.into())
    }

    /// Gives a job a price list of its own, or takes it.
    #[graphql(guard = P::PricesManage, directive = has_permission::apply(P::PricesManage))]
    async fn job_price_list_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job, and which list.")] input: JobPriceListSetInput,
    ) -> AppResult<JobPriceListSetPayload> {
        let unit = ctx.unit()?;
        let result = service::set_job_list(&mut *unit.tx().await?, input).await;
        let assigned = result.map(|(row, list)| PriceListAssignment {
            id: row.id.into(),
            price_list: list.map(PriceList),
            version: row.version,
        });
        Ok(unit.outcome(assigned)?.into())
    }

    /// Says what a product costs the dealer, and how it is taxed.
    #[graphql(guard = P::ProductsManage, directive = has_permission::apply(P::ProductsManage))]
    async fn product_pricing_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which product, and what of it.")] input: ProductPricingSetInput,
    ) -> AppResult<ProductPricingSetPayload> {
        let unit = ctx.unit()?;
        let result = service::set_pricing(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
