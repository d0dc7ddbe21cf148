//! SQL of attributes.

use diesel::dsl::{AsSelect, SqlTypeOf};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;

use super::model::{AttributeChanges, AttributeId, AttributeRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{attributes, product_attributes};
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::tree::Above;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on attributes.
pub type AttributeCondition = Predicate<attributes::table>;

sort_keys! {
    table: attributes, row: AttributeRow,
    field: /// What attributes can be sorted by.
        AttributeOrderField,
    order: /// One sort key of attributes.
        AttributeOrder,
    sort: AttributeSort,
    keys: {
        /// By code.
        Code => code: String,
        /// By name.
        Name => name: String,
    },
    ties: { Id => id },
    default: Code Asc,
}

/// One page of attributes.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<AttributeCondition>,
    keys: &[(AttributeSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<AttributeRow>> {
    Ok(load_page!(tx, attributes as AttributeRow, filter: filter, keys: keys, page: page))
}

/// How many attributes match.
pub async fn count(tx: &mut TenantTx, filter: Option<AttributeCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, attributes, filter: filter))
}

/// The attributes with these ids.
pub(super) async fn find_many(
    tx: &mut TenantTx,
    ids: &[AttributeId],
) -> DbResult<Vec<AttributeRow>> {
    let query = attributes::table
        .filter(attributes::id.eq_any(ids.to_vec()))
        .select(AttributeRow::as_select());
    Ok(query.load(tx).await?)
}

/// The attributes with these codes.
pub(super) async fn find_many_by_code(
    tx: &mut TenantTx,
    codes: Vec<String>,
) -> DbResult<Vec<AttributeRow>> {
    let query = attributes::table
        .filter(attributes::code.eq_any(codes))
        .select(AttributeRow::as_select());
    Ok(query.load(tx).await?)
}

type InheritedRow = (SqlUuid, SqlTypeOf<AsSelect<AttributeRow, Pg>>);

/// Attributes in use of categories and of those above them.
#[derive(QueryId)]
struct Inherited {
    of: Above,
    columns: AsSelect<AttributeRow, Pg>,
}

impl Inherited {
    fn of(categories: &[CategoryId]) -> Self {
        Self {
            of: Above(categories.iter().map(|id| id.uuid()).collect()),
            columns: AttributeRow::as_select(),
        }
    }
}

impl Query for Inherited {
    type SqlType = InheritedRow;
}

impl QueryFragment<Pg> for Inherited {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.of.walk_ast(out.reborrow())?;
        out.push_sql("SELECT above.start, ");
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(
            " FROM above JOIN attributes ON attributes.category_id = above.id \
             WHERE attributes.archived_at IS NULL ORDER BY above.start, attributes.code",
        );
        Ok(())
    }
}

/// The same, locked against changes until the COMMIT.
#[derive(QueryId)]
struct Held(Inherited);

impl Query for Held {
    type SqlType = InheritedRow;
}

impl QueryFragment<Pg> for Held {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" FOR SHARE OF attributes");
        Ok(())
    }
}

/// The attributes in use that products of these categories have, by code.
pub(super) async fn inherited(
    tx: &mut TenantTx,
    categories: &[CategoryId],
) -> DbResult<Vec<(CategoryId, AttributeRow)>> {
    Ok(Inherited::of(categories).load(tx).await?)
}

/// As [`inherited`], locked against changes until the COMMIT.
pub(super) async fn held(
    tx: &mut TenantTx,
    categories: &[CategoryId],
) -> DbResult<Vec<(CategoryId, AttributeRow)>> {
    Ok(Held(Inherited::of(categories)).load(tx).await?)
}

/// Which texts of an attribute products have that are none of these; some of them.
pub(super) async fn texts_besides(
    tx: &mut TenantTx,
    id: AttributeId,
    texts: Vec<String>,
) -> DbResult<Vec<Option<String>>> {
    let query = product_attributes::table
        .filter(product_attributes::attribute_id.eq(id))
        .filter(
            product_attributes::text_value
                .assume_not_null()
                .ne_all(texts),
        )
        .select(product_attributes::text_value)
        .limit(1);
    Ok(query.load(tx).await?)
}

/// Adds an attribute.
pub(super) async fn insert(tx: &mut TenantTx, row: &AttributeRow) -> QueryResult<()> {
    let query = diesel::insert_into(attributes::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Changes the attribute if it still has this version.
pub(super) async fn update(
    tx: &mut TenantTx,
    id: AttributeId,
    version: i32,
    changes: AttributeChanges,
) -> QueryResult<Option<AttributeRow>> {
    let query = diesel::update(attributes::table.find(id))
        .filter(attributes::version.eq(version))
        .set((changes, attributes::version.eq(attributes::version + 1)))
        .returning(AttributeRow::as_returning());
    query.get_result(tx).await.optional()
}
