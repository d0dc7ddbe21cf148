//! Relay connections over keyset pages.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::connection::{CursorType, PageInfo};
use async_graphql::{Context, Object, ObjectType, TypeName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::BoxFuture;

use super::context::Source;
use super::inline::Inline;
use crate::db::keyset::{Cursor, OrderDirection, Page, PageRequest, SortKey, foreign_cursor};
use crate::error::{AppError, AppResult};

/// Rows of a page when the caller does not say.
pub const DEFAULT_PAGE: usize = 50;
/// Most rows of a page.
pub const MAX_PAGE: usize = 200;

/// A page of nodes with cursors and a total that is counted only when asked for.
pub struct Connection<N> {
    edges: Vec<Edge<N>>,
    has_previous: bool,
    has_next: bool,
    total: TotalCount,
}

impl<N: ObjectType> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", N::type_name()).into()
    }
}

/// One page of a list, with cursors to the pages around it.
#[Object(name_type)]
impl<N: ObjectType> Connection<N> {
    /// The records of the page, each with its cursor.
    async fn edges(&self) -> Vec<Inline<&Edge<N>>> {
        self.edges.iter().map(Inline).collect()
    }

    /// The records of the page.
    async fn nodes(&self) -> Vec<Inline<&N>> {
        self.edges.iter().map(|edge| Inline(&edge.node)).collect()
    }

    /// Whether and where there is more.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }

    /// Number of all records that match, whatever the page. Counted only when
    /// selected.
    async fn total_count(&self, ctx: &Context<'_>) -> AppResult<i64> {
        (self.total.0)(ctx)?.await
    }
}

/// A record of a page.
pub struct Edge<N> {
    cursor: String,
    node: N,
}

impl<N: ObjectType> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::type_name()).into()
    }
}

/// A record of a page and its place in the list.
#[Object(name_type)]
impl<N: ObjectType> Edge<N> {
    /// Its place: send it as `after` or `before`. Good for the same orderBy only.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The record.
    async fn node(&self) -> Inline<&N> {
        Inline(&self.node)
    }
}

/// A cursor as clients see it.
pub struct OpaqueCursor(Cursor);

impl CursorType for OpaqueCursor {
    type Error = AppError;

    fn decode_cursor(text: &str) -> Result<Self, Self::Error> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| foreign_cursor())?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|_| foreign_cursor())
    }

    fn encode_cursor(&self) -> String {
        // Strings in a list always serialise.
        let json = serde_json::to_vec(&self.0).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(json)
    }
}

/// The paging arguments of a connection field, as they came.
#[derive(Debug, Default)]
pub struct PageArgs {
    /// Page size from the start.
    pub first: Option<i32>,
    /// Behind this cursor.
    pub after: Option<String>,
    /// Page size from the end.
    pub last: Option<i32>,
    /// Before this cursor.
    pub before: Option<String>,
}

impl TryFrom<PageArgs> for PageRequest {
    type Error = AppError;

    fn try_from(args: PageArgs) -> AppResult<Self> {
        let backward = args.last.is_some() || args.before.is_some();
        if backward && (args.first.is_some() || args.after.is_some()) {
            return Err(AppError::bad_input(
                "first",
                "page forward with first and after, or backward with last and before, not both",
            ));
        }
        let (size, cursor) = if backward {
            (page_size("last", args.last)?, args.before)
        } else {
            (page_size("first", args.first)?, args.after)
        };
        let cursor = cursor
            .map(|text| OpaqueCursor::decode_cursor(&text).map(|opaque| opaque.0))
            .transpose()?;
        Ok(Self {
            size,
            cursor,
            backward,
        })
    }
}

fn page_size(field: &'static str, size: Option<i32>) -> AppResult<usize> {
    let Some(size) = size else {
        return Ok(DEFAULT_PAGE);
    };
    usize::try_from(size)
        .ok()
        .filter(|size| (1..=MAX_PAGE).contains(size))
        .ok_or_else(|| AppError::bad_input(field, format!("must be between 1 and {MAX_PAGE}")))
}

/// What a page costs against the complexity limit: its size times its rows.
pub fn page_cost(first: Option<i32>, last: Option<i32>, row: usize) -> usize {
    let size = first.or(last).and_then(|size| usize::try_from(size).ok());
    let size = size.unwrap_or(DEFAULT_PAGE).min(MAX_PAGE);
    // A list inside a page multiplies again, which would forbid every nested
    // list; a tenth of the size keeps the order of magnitude honest.
    row.saturating_mul(size.div_ceil(10).max(1))
        .saturating_add(1)
}

/// What a list without pages costs against the complexity limit.
pub const fn list_cost(row: usize) -> usize {
    row.saturating_mul(5).saturating_add(1)
}

type Counting = BoxFuture<'static, AppResult<i64>>;
type Count = dyn Fn(&Context<'_>) -> AppResult<Counting> + Send + Sync;

/// Counts all records a list has, when asked to.
pub struct TotalCount(Box<Count>);

impl TotalCount {
    /// `count` runs when the field is selected.
    pub fn new<S, F>(count: impl Fn(Arc<S>) -> F + Send + Sync + 'static) -> Self
    where
        S: Source,
        F: Future<Output = AppResult<i64>> + Send + 'static,
    {
        Self(Box::new(move |ctx| Ok(Box::pin(count(S::of(ctx)?)))))
    }
}

/// Wraps the rows of `page` as the nodes of a connection.
pub fn connect<T, K, N>(
    page: Page<K::Row>,
    keys: &[(K, OrderDirection)],
    total: TotalCount,
) -> Connection<N>
where
    K: SortKey<T>,
    N: ObjectType + From<K::Row>,
{
    let edge = |row| Edge {
        cursor: OpaqueCursor(Cursor::of(keys, &row)).encode_cursor(),
        node: N::from(row),
    };
    Connection {
        edges: page.rows.into_iter().map(edge).collect(),
        has_previous: page.has_previous,
        has_next: page.has_next,
        total,
    }
}

/// As [`connect`], for lists that are no tables: each node with its place.
pub fn connect_placed<N: ObjectType>(page: Page<(Cursor, N)>, total: TotalCount) -> Connection<N> {
    let edge = |(cursor, node)| Edge {
        cursor: OpaqueCursor(cursor).encode_cursor(),
        node,
    };
    Connection {
        edges: page.rows.into_iter().map(edge).collect(),
        has_previous: page.has_previous,
        has_next: page.has_next,
        total,
    }
}

/// The body of a list field: one page, its keys, and a total counted on demand.
///
/// `$query` is the feature's `query` module with its `page` and `count`; what they
/// read through is the caller's unit of work, unless another source is named.
macro_rules! list {
    ($ctx:expr, $query:ident, order: $sort:ty = $order:expr, filter: $filter:expr, page: $args:expr) => {
        $crate::graphql::connection::list!(
            $ctx, $query, order: $sort = $order, filter: $filter, page: $args,
            through: $crate::graphql::scope::UnitOfWork
        )
    };
    (
        $ctx:expr, $query:ident, order: $sort:ty = $order:expr, filter: $filter:expr, page: $args:expr,
        through: $source:ty
    ) => {{
        let request = $crate::db::keyset::PageRequest::try_from($args)?;
        let (filter, keys) = ($filter.unwrap_or_default(), <$sort>::keys($order)?);
        let condition = $crate::graphql::filter::Where::predicate(&filter)?;
        let unit = <$source as $crate::graphql::context::Source>::of($ctx)?;
        let page = $query::page(&mut *unit.tx().await?, condition, &keys, &request).await?;
        unit.spend(page.rows.len())?;
        let total = $crate::graphql::connection::TotalCount::new(move |unit: std::sync::Arc<$source>| {
            let condition = $crate::graphql::filter::Where::predicate(&filter);
            async move { $query::count(&mut *unit.tx().await?, condition?).await }
        });
        Ok($crate::graphql::connection::connect(page, &keys, total))
    }};
}
pub(crate) use list;

/// A query of one list field, with the arguments of the Relay specification.
///
/// `$query` is the feature's `query` module with its `page` and `count`; `needs` is the
/// permission that a shop's list takes.
macro_rules! list_query {
    (
        $(#[$query_doc:meta])*
        $name:ident: $query:ident,
        $(#[$field_doc:meta])*
        $field:ident -> $node:ty,
        $(needs: $needs:ident,)?
        filter: $filter:ty = $filter_desc:literal,
        order: $order:ty as $sort:ty = $order_desc:literal
        $(, through: $source:ty)? $(,)?
    ) => {
        $(#[$query_doc])*
        #[derive(Default)]
        pub struct $name;

        #[async_graphql::Object]
        impl $name {
            $(#[$field_doc])*
            #[graphql(
                $(
                    guard = $crate::graphql::permit::Permission::$needs,
                    directive = $crate::graphql::permit::has_permission::apply(
                        $crate::graphql::permit::Permission::$needs
                    ),
                )?
                complexity = "crate::graphql::connection::page_cost(first, last, child_complexity)"
            )]
            #[expect(clippy::too_many_arguments, reason = "the Relay specification wants them flat")]
            async fn $field(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Page size from the start, 1 to 200; 50 if neither first nor last is given.")]
                first: Option<i32>,
                #[graphql(desc = "Start behind this cursor.")] after: Option<String>,
                #[graphql(desc = "Page size from the end, 1 to 200.")] last: Option<i32>,
                #[graphql(desc = "End before this cursor.")] before: Option<String>,
                #[graphql(name = "where", desc = $filter_desc)] filter: Option<$filter>,
                #[graphql(desc = $order_desc)] order_by: Option<Vec<$order>>,
            ) -> $crate::error::AppResult<$crate::graphql::connection::Connection<$node>> {
                let page = $crate::graphql::connection::PageArgs { first, after, last, before };
                $crate::graphql::connection::list!(ctx, $query, order: $sort = order_by, filter: filter, page: page $(, through: $source)?)
            }
        }
    };
}
pub(crate) use list_query;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back() {
        let cursor = Cursor {
            order: "products Name Asc".into(),
            values: vec!["Zement ½".into(), "id".into()],
        };
        let text = OpaqueCursor(cursor.clone()).encode_cursor();
        assert_eq!(OpaqueCursor::decode_cursor(&text).unwrap().0, cursor);
        assert!(OpaqueCursor::decode_cursor("!").is_err());
    }

    #[test]
    fn page_sizes_are_bounded() {
        for size in [0, -1, 201, i32::MAX] {
            let args = PageArgs {
                first: Some(size),
                ..PageArgs::default()
            };
            assert!(PageRequest::try_from(args).is_err(), "{size}");
        }
        let default = PageRequest::try_from(PageArgs::default()).unwrap();
        assert_eq!((default.size, default.backward), (DEFAULT_PAGE, false));
    }

    #[test]
    fn both_directions_at_once_are_refused() {
        let args = PageArgs {
            first: Some(1),
            last: Some(1),
            ..PageArgs::default()
        };
        assert!(PageRequest::try_from(args).is_err());
    }
}
