//! The surface of the search.

use async_graphql::{Context, Object};

use super::query::{self, Found, FoundBy, Place, Search};
use crate::db::keyset::{Cursor, PageRequest, foreign_cursor};
use crate::dealer::catalog::products::graphql::Product;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{Connection, PageArgs, TotalCount, connect_placed, page_cost};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scope::UnitOfWork;

/// Most characters of what is searched for.
const LONGEST: usize = 200;

/// A product that was found.
pub struct ProductMatch(Found);

/// A product that was found.
#[Object(directive = has_permission::apply(P::ProductsRead))]
impl ProductMatch {
    /// How it was found; the nearest way, if there were several.
    async fn found_by(&self) -> FoundBy {
        self.0.by
    }

    /// The product.
    async fn product(&self) -> Product {
        Product(self.0.row.clone())
    }
}

/// The search.
#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Products in use that a text may mean, the nearest first: a whole barcode, a whole SKU,
    /// with suppliers:read a supplier's whole code, the beginning of a SKU, all words of the text
    /// in SKU and name, the last of which may be unfinished; and if those are fewer than five,
    /// words that are alike. Accents, case and signs make no difference. The work is bounded: of
    /// each kind, the first some hundred are ranked, so that a text that means very many products
    /// should be made longer.
    #[graphql(
        guard = P::ProductsRead,
        directive = has_permission::apply(P::ProductsRead),
        complexity = "page_cost(first, None, child_complexity)"
    )]
    async fn product_search(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "query", desc = "What is looked for, at most 200 characters.")]
        text: String,
        #[graphql(desc = "Page size, 1 to 200; 50 if absent.")] first: Option<i32>,
        #[graphql(desc = "Start behind this cursor, which is good for the same text only.")]
        after: Option<String>,
    ) -> AppResult<Connection<ProductMatch>> {
        if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
            let message = "must be at most 200 characters, none of them for control";
            return Err(AppError::bad_input("query", message));
        }
        let request = PageRequest::try_from(PageArgs {
            first,
            after,
            ..PageArgs::default()
        })?;
        let unit = ctx.unit()?;
        let by_suppliers = unit.context().permissions().contains(P::SuppliersRead);
        let Some(search) = Search::of(&text, by_suppliers) else {
            let none = TotalCount::new(|_unit: std::sync::Arc<UnitOfWork>| async { Ok(0) });
            return Ok(connect_placed(request.page(Vec::new()), none));
        };
        let list = format!("productSearch {}", search.folded());
        let place = request.cursor.as_ref();
        let place = place.map(|cursor| place_of(cursor, &list)).transpose()?;
        let page = (place, request.fetch_limit());
        let found = query::search(&mut *unit.tx().await?, search.clone(), page).await?;
        unit.spend(found.len())?;
        let placed = |found: Found| (cursor_of(&found, &list), ProductMatch(found));
        let page = request.page(found.into_iter().map(placed).collect());
        let total = TotalCount::new(move |unit: std::sync::Arc<UnitOfWork>| {
            let search = search.clone();
            async move { Ok(query::count(&mut *unit.tx().await?, search).await?) }
        });
        Ok(connect_placed(page, total))
    }
}

fn cursor_of(found: &Found, list: &str) -> Cursor {
    Cursor {
        order: list.to_owned(),
        values: vec![
            found.rank.to_string(),
            found.row.name.clone(),
            found.row.id.uuid().simple().to_string(),
        ],
    }
}

/// The rank, name and id of a cursor of this search.
fn place_of(cursor: &Cursor, list: &str) -> AppResult<Place> {
    let place = match cursor.values.as_slice() {
        [rank, name, id] if cursor.order == list => rank
            .parse()
            .ok()
            .zip(id.parse().ok())
            .map(|(rank, id)| (rank, name.clone(), id)),
        _ => None,
    };
    place.ok_or_else(foreign_cursor)
}
