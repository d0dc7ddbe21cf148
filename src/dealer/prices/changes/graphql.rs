//! The surface of price changes: the preview.

use async_graphql::{Context, Object};

use super::input::PriceChangeInput;
use super::service::{self, Shown};
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::products::list::check_where;
use crate::dealer::catalog::products::loader::ProductById;
use crate::dealer::catalog::products::model::ProductId;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::page_cost;
use crate::graphql::context::ContextExt;
use crate::graphql::found::there;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Decimal;

/// Most lines that are shown at once.
const MOST_SHOWN: i32 = 200;

/// What a price change would do.
pub struct PriceChangePreview(Shown);

/// What a price change would do, of which nothing is done.
#[Object(directive = has_permission::apply(P::PricesManage))]
impl PriceChangePreview {
    /// Send it with the same change to priceChangeApply.
    async fn token(&self) -> &str {
        &self.0.token
    }

    /// How many products match, those whose price stays the same among them.
    async fn total_count(&self) -> usize {
        self.0.new.len()
    }

    /// Old and new prices, in the order products were made.
    #[graphql(complexity = "page_cost(Some(first), None, child_complexity)")]
    async fn lines(
        &self,
        #[graphql(desc = "How many lines, 1 to 200.", default = 50)] first: i32,
        #[graphql(desc = "Start behind the line of this product.")] after: Option<ProductId>,
    ) -> AppResult<Vec<PriceChangeLine>> {
        if !(1..=MOST_SHOWN).contains(&first) {
            return Err(AppError::bad_input("first", "must be between 1 and 200"));
        }
        let lines = self.0.new.iter();
        let behind = lines.skip_while(|((id, _), _)| after.is_some_and(|after| *id <= after));
        let line = |((product, old), new): &((ProductId, _), _)| PriceChangeLine {
            product: *product,
            old: Decimal(*old),
            new: Decimal(*new),
        };
        let first = usize::try_from(first).unwrap_or_default();
        Ok(behind.take(first).map(line).collect())
    }
}

/// A price that would change.
pub struct PriceChangeLine {
    product: ProductId,
    old: Decimal,
    new: Decimal,
}

/// A list price before and after a change, in the dealer's currency.
#[Object(directive = has_permission::apply(P::PricesManage))]
impl PriceChangeLine {
    /// Whose price.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        let id = self.product;
        Ok(Product(there(ctx, ProductById(id)).await?))
    }

    /// The price now.
    async fn old(&self) -> Decimal {
        Decimal(self.old.0.normalize())
    }

    /// The price then.
    #[graphql(name = "new")]
    async fn new_price(&self) -> Decimal {
        self.new
    }
}

/// Queries on price changes.
#[derive(Default)]
pub struct PriceChangeQuery;

#[Object]
impl PriceChangeQuery {
    /// What a change of many list prices would do. Nothing is changed before priceChangeApply.
    #[graphql(guard = P::PricesManage, directive = has_permission::apply(P::PricesManage))]
    async fn price_change_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] change: PriceChangeInput,
    ) -> AppResult<PriceChangePreview> {
        check_where(ctx, change.filter.as_ref()).await?;
        let unit = ctx.unit()?;
        let shown = service::preview(&mut *unit.tx().await?, &change).await;
        shown
            .map(PriceChangePreview)
            .map_err(crate::error::Refusal::into_error)
    }
}
