//! The surface of products: which there are.

use async_graphql::{Context, Object};

use super::graphql::Product;
use super::input::ProductWhere;
use super::loader::{ProductByBarcode, ProductById, ProductBySku};
use super::model::ProductId;
use super::query::{self, ProductOrder, ProductSort};
use crate::dealer::catalog::attributes::values::filter::{AttributeFilter, check_filters};
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{Connection, PageArgs, list, page_cost};
use crate::graphql::context::ContextExt;
use crate::graphql::filter::{Nested, Where};
use crate::graphql::inline::Inline;
use crate::graphql::permit::{Permission as P, has_permission};

/// A product's `where` and `search` together.
#[derive(Clone, Default)]
struct ProductFilter {
    filter: ProductWhere,
    search: Option<String>,
}

impl Where for ProductFilter {
    type Table = crate::db::tenant_tables::products::table;

    fn own(&self) -> AppResult<Vec<query::ProductCondition>> {
        let searched = self.search.as_deref().and_then(query::search_condition);
        Ok(self
            .filter
            .predicate()?
            .into_iter()
            .chain(searched)
            .collect())
    }

    fn nested(&self) -> Nested<'_, Self> {
        Nested {
            and: &[],
            or: &[],
            not: None,
        }
    }
}

/// Refuses conditions on attributes that can not be filtered by.
pub async fn check_where(ctx: &Context<'_>, filter: Option<&ProductWhere>) -> AppResult<()> {
    let filters = filter.map(ProductWhere::attribute_filters);
    check_filters(ctx, &filters.unwrap_or_default()).await
}

impl ProductWhere {
    /// All conditions on attributes in it, however deep.
    fn attribute_filters(&self) -> Vec<&AttributeFilter> {
        let own = self.attributes.iter().flatten();
        let nested = self.and.iter().chain(&self.or).flatten();
        let nested = nested.chain(self.not.as_deref());
        own.chain(nested.flat_map(Self::attribute_filters))
            .collect()
    }
}

/// Queries on products.
#[derive(Default)]
pub struct ProductQuery;

#[Object]
impl ProductQuery {
    /// One product, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ProductId>,
        #[graphql(desc = "Its SKU.")] sku: Option<String>,
        #[graphql(desc = "The barcode on one of its units.")] barcode: Option<String>,
    ) -> AppResult<Option<Inline<Product>>> {
        let unit = ctx.unit()?;
        let row = match (id, sku, barcode) {
            (Some(id), None, None) => unit.load(ProductById(id)).await?,
            (None, Some(sku), None) => unit.load(ProductBySku(sku)).await?,
            (None, None, Some(barcode)) => unit.load(ProductByBarcode(barcode)).await?,
            _ => {
                let message = "name the product by exactly one of id, sku and barcode";
                return Err(AppError::bad_input("id", message));
            }
        };
        Ok(row.map(|row| Inline(Product(row))))
    }

    /// The dealer's products.
    #[graphql(
        guard = P::ProductsRead,
        directive = has_permission::apply(P::ProductsRead),
        complexity = "page_cost(first, last, child_complexity)"
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "the Relay specification wants them flat"
    )]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Page size from the start, 1 to 200; 50 if neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Page size from the end, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which products.")] filter: Option<ProductWhere>,
        #[graphql(
            desc = "Only products this text may mean: a part of SKU or name, a word of \
                          them with a typing error, or a whole barcode."
        )]
        search: Option<String>,
        #[graphql(desc = "Sort keys, at most 3; by name if absent.")] order_by: Option<
            Vec<ProductOrder>,
        >,
    ) -> AppResult<Connection<Product>> {
        let filter = filter.unwrap_or_default();
        check_where(ctx, Some(&filter)).await?;
        let filter = Some(ProductFilter { filter, search });
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        list!(ctx, query, order: ProductSort = order_by, filter: filter, page: page)
    }
}
