//! SQL of price lists.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{PriceListChanges, PriceListId, PriceListRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::price_lists;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on price lists.
pub type PriceListCondition = Predicate<price_lists::table>;

sort_keys! {
    table: price_lists, row: PriceListRow,
    field: /// What price lists can be sorted by.
        PriceListOrderField,
    order: /// One sort key of price lists.
        PriceListOrder,
    sort: PriceListSort,
    keys: {
        /// By code.
        Code => code: String,
        /// By name.
        Name => name: String,
    },
    ties: { Id => id },
    default: Code Asc,
}

/// One page of price lists.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<PriceListCondition>,
    keys: &[(PriceListSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<PriceListRow>> {
    Ok(load_page!(tx, price_lists as PriceListRow, filter: filter, keys: keys, page: page))
}

/// How many price lists match.
pub async fn count(tx: &mut TenantTx, filter: Option<PriceListCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, price_lists, filter: filter))
}

/// The price lists with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[PriceListId]) -> DbResult<Vec<PriceListRow>> {
    let query = price_lists::table
        .filter(price_lists::id.eq_any(ids.to_vec()))
        .select(PriceListRow::as_select());
    Ok(query.load(tx).await?)
}

/// The price lists with these codes.
pub async fn find_many_by_code(tx: &mut TenantTx, codes: &[String]) -> DbResult<Vec<PriceListRow>> {
    let query = price_lists::table
        .filter(price_lists::code.eq_any(codes.to_vec()))
        .select(PriceListRow::as_select());
    Ok(query.load(tx).await?)
}

/// Adds a price list.
pub async fn insert(tx: &mut TenantTx, row: &PriceListRow) -> QueryResult<()> {
    let query = diesel::insert_into(price_lists::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Changes the price list if it still has this version.
pub async fn update(
    tx: &mut TenantTx,
    id: PriceListId,
    version: i32,
    changes: PriceListChanges,
) -> QueryResult<Option<PriceListRow>> {
    let query = diesel::update(price_lists::table.find(id))
        .filter(price_lists::version.eq(version))
        .set((changes, price_lists::version.eq(price_lists::version + 1)))
        .returning(PriceListRow::as_returning());
    query.get_result(tx).await.optional()
}
