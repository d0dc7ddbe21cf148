//! SQL of categories.

use chrono::{DateTime, Utc};
use diesel::dsl::{AsSelect, SqlTypeOf};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;

use super::model::{CategoryChanges, CategoryId, CategoryRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::categories;
use crate::dealer::catalog::tree::Above;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on categories.
pub type CategoryCondition = Predicate<categories::table>;

sort_keys! {
    table: categories, row: CategoryRow,
    field: /// What categories can be sorted by.
        CategoryOrderField,
    order: /// One sort key of categories.
        CategoryOrder,
    sort: CategorySort,
    keys: {
        /// By code.
        Code => code: String,
        /// By name.
        Name => name: String,
    },
    ties: { Id => id },
    default: Code Asc,
}

/// One page of categories.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<CategoryCondition>,
    keys: &[(CategorySort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<CategoryRow>> {
    Ok(load_page!(tx, categories as CategoryRow, filter: filter, keys: keys, page: page))
}

/// How many categories match.
pub async fn count(tx: &mut TenantTx, filter: Option<CategoryCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, categories, filter: filter))
}

/// The categories with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[CategoryId]) -> DbResult<Vec<CategoryRow>> {
    let query = categories::table
        .filter(categories::id.eq_any(ids.to_vec()))
        .select(CategoryRow::as_select());
    Ok(query.load(tx).await?)
}

/// The categories with these codes.
pub async fn find_many_by_code(tx: &mut TenantTx, codes: &[String]) -> DbResult<Vec<CategoryRow>> {
    let query = categories::table
        .filter(categories::code.eq_any(codes.to_vec()))
        .select(CategoryRow::as_select());
    Ok(query.load(tx).await?)
}

/// The categories right below these, by code.
pub async fn find_children(
    tx: &mut TenantTx,
    parents: &[CategoryId],
) -> DbResult<Vec<CategoryRow>> {
    let query = categories::table
        .filter(categories::parent_id.eq_any(parents.to_vec()))
        .order(categories::code)
        .select(CategoryRow::as_select());
    Ok(query.load(tx).await?)
}

/// A category, the one above it, and since when it is archived.
pub type Hung = (CategoryId, Option<CategoryId>, Option<DateTime<Utc>>);

/// Where all categories hang, locked against moves, for the search of cycles; who refers to
/// one need not wait.
pub async fn hung_locked(tx: &mut TenantTx) -> DbResult<Vec<Hung>> {
    let query = categories::table
        .order(categories::id)
        .select((
            categories::id,
            categories::parent_id,
            categories::archived_at,
        ))
        .for_no_key_update();
    Ok(query.load(tx).await?)
}

/// Categories with those above them.
#[derive(QueryId)]
struct Paths {
    of: Above,
    columns: AsSelect<CategoryRow, Pg>,
}

impl Query for Paths {
    type SqlType = (SqlUuid, SqlTypeOf<AsSelect<CategoryRow, Pg>>);
}

impl QueryFragment<Pg> for Paths {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.of.walk_ast(out.reborrow())?;
        out.push_sql("SELECT above.start, ");
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(
            " FROM above JOIN categories ON categories.id = above.id \
             ORDER BY above.start, above.far DESC",
        );
        Ok(())
    }
}

/// For each of these categories, those on the way from the top of the tree down to it,
/// itself included.
pub async fn paths(
    tx: &mut TenantTx,
    ids: &[CategoryId],
) -> DbResult<Vec<(CategoryId, CategoryRow)>> {
    let query = Paths {
        of: Above(ids.iter().map(|id| id.uuid()).collect()),
        columns: CategoryRow::as_select(),
    };
    Ok(query.load(tx).await?)
}

/// Adds a category.
pub async fn insert(tx: &mut TenantTx, row: &CategoryRow) -> QueryResult<()> {
    let query = diesel::insert_into(categories::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Changes the category if it still has this version.
pub async fn update(
    tx: &mut TenantTx,
    id: CategoryId,
    version: i32,
    changes: CategoryChanges,
) -> QueryResult<Option<CategoryRow>> {
    let query = diesel::update(categories::table.find(id))
        .filter(categories::version.eq(version))
        .set((changes, categories::version.eq(categories::version + 1)))
        .returning(CategoryRow::as_returning());
    query.get_result(tx).await.optional()
}

/// Deletes the category if it still has this version.
pub async fn delete(
    tx: &mut TenantTx,
    id: CategoryId,
    version: i32,
) -> QueryResult<Option<CategoryRow>> {
    let query = diesel::delete(categories::table.find(id))
        .filter(categories::version.eq(version))
        .returning(CategoryRow::as_returning());
    query.get_result(tx).await.optional()
}
