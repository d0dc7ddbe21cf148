//! The surface of the search.

use async_graphql::connection::PageInfo;
use async_graphql::{Context, Object, SimpleObject};
use uuid::Uuid;

use super::query::{self, Found, Match, Search};
use crate::db::keyset::{Cursor, PageRequest, foreign_cursor};
use crate::dealer::catalog::products::graphql::Product;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{PageArgs, page_cost, written};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission, open_to_all};

/// Most characters of what is searched for.
const LONGEST: usize = 200;

/// Products that were found, the nearest to what was asked for first.
#[derive(SimpleObject)]
#[graphql(directive = open_to_all::apply())]
pub struct ProductSearchConnection {
    /// The products of the page, each with its cursor and how it was found.
    edges: Vec<ProductSearchEdge>,
    /// Whether and where there is more.
    page_info: PageInfo,
}

/// A product that was found.
pub struct ProductSearchEdge {
    cursor: String,
    found: Found,
}

/// A product that was found.
#[Object(directive = open_to_all::apply())]
impl ProductSearchEdge {
    /// Its place: send it as `after`. Good for the same text only.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// How it was found; the nearest way, if there were several.
    async fn found_by(&self) -> Match {
        self.found.by
    }

    /// The product.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn node(&self) -> Product {
        Product(self.found.row.clone())
    }
}

/// The search.
#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Products in use that a text may mean, the nearest first: a whole barcode, a whole SKU, the
    /// beginning of a SKU, all words of the text in SKU and name, the last of which may be
    /// unfinished; and if those are fewer than five, words that are alike. Accents, case and signs
    /// make no difference. The work is bounded: of each kind, the first some hundred are
    /// ranked, so that a text that means very many products should be made longer.
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
        #[graphql(desc = "Start behind this cursor.")] after: Option<String>,
    ) -> AppResult<ProductSearchConnection> {
        if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
            let message = "must be at most 200 characters, none of them for control";
            return Err(AppError::bad_input("query", message));
        }
        let args = PageArgs {
            first,
            after,
            ..PageArgs::default()
        };
        let request = PageRequest::try_from(args)?;
        let Some(search) = Search::of(&text) else {
            return Ok(ProductSearchConnection::of(Vec::new(), &request, ""));
        };
        let list = format!("productSearch {}", search.folded());
        let place = request.cursor.as_ref();
        let place = place.map(|cursor| place_of(cursor, &list)).transpose()?;
        let search = search.page(place, request.fetch_limit());
        let unit = ctx.unit()?;
        let found = query::search(&mut *unit.tx().await?, search).await?;
        unit.spend(found.len())?;
        Ok(ProductSearchConnection::of(found, &request, &list))
    }
}

impl ProductSearchConnection {
    fn of(found: Vec<Found>, request: &PageRequest, list: &str) -> Self {
        let page = request.page(found);
        let edge = |found: Found| ProductSearchEdge {
            cursor: written(Cursor {
                order: list.to_owned(),
                values: vec![
                    found.rank.to_string(),
                    found.row.name.clone(),
                    found.row.id.uuid().simple().to_string(),
                ],
            }),
            found,
        };
        let edges: Vec<_> = page.rows.into_iter().map(edge).collect();
        let page_info = PageInfo {
            has_previous_page: page.has_previous,
            has_next_page: page.has_next,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Self { edges, page_info }
    }
}

/// The rank, name and id of a cursor of this search.
fn place_of(cursor: &Cursor, list: &str) -> AppResult<(i32, String, Uuid)> {
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
