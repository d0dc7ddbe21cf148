//! SQL of units.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{UnitChanges, UnitId, UnitRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::units;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on units.
pub type UnitCondition = Predicate<units::table>;

sort_keys! {
    table: units, row: UnitRow,
    field: /// What units can be sorted by.
        UnitOrderField,
    order: /// One sort key of units.
        UnitOrder,
    sort: UnitSort,
    keys: {
        /// By code.
        Code => code: String,
        /// By name.
        Name => name: String,
    },
    ties: { Id => id },
    default: Code Asc,
}

/// One page of units.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<UnitCondition>,
    keys: &[(UnitSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<UnitRow>> {
    Ok(load_page!(tx, units as UnitRow, filter: filter, keys: keys, page: page))
}

/// How many units match.
pub async fn count(tx: &mut TenantTx, filter: Option<UnitCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, units, filter: filter))
}

/// The units with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[UnitId]) -> DbResult<Vec<UnitRow>> {
    let query = units::table
        .filter(units::id.eq_any(ids.to_vec()))
        .select(UnitRow::as_select());
    Ok(query.load(tx).await?)
}

/// The units with these codes.
pub async fn find_many_by_code(tx: &mut TenantTx, codes: &[String]) -> DbResult<Vec<UnitRow>> {
    let query = units::table
        .filter(units::code.eq_any(codes.to_vec()))
        .select(UnitRow::as_select());
    Ok(query.load(tx).await?)
}

/// Adds a unit.
pub async fn insert(tx: &mut TenantTx, row: &UnitRow) -> QueryResult<()> {
    let query = diesel::insert_into(units::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Changes the unit if it still has this version.
pub async fn update(
    tx: &mut TenantTx,
    id: UnitId,
    version: i32,
    changes: UnitChanges,
) -> QueryResult<Option<UnitRow>> {
    let query = diesel::update(units::table.find(id))
        .filter(units::version.eq(version))
        .set((changes, units::version.eq(units::version + 1)))
        .returning(UnitRow::as_returning());
    query.get_result(tx).await.optional()
}
