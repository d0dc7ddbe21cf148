//! SQL of tax classes.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{TaxClassChanges, TaxClassId, TaxClassRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::tax_classes;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on tax classes.
pub type TaxClassCondition = Predicate<tax_classes::table>;

sort_keys! {
    table: tax_classes, row: TaxClassRow,
    field: /// What tax classes can be sorted by.
        TaxClassOrderField,
    order: /// One sort key of tax classes.
        TaxClassOrder,
    sort: TaxClassSort,
    keys: {
        /// By code.
        Code => code: String,
        /// By name.
        Name => name: String,
    },
    ties: { Id => id },
    default: Code Asc,
}

/// One page of tax classes.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<TaxClassCondition>,
    keys: &[(TaxClassSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<TaxClassRow>> {
    Ok(load_page!(tx, tax_classes as TaxClassRow, filter: filter, keys: keys, page: page))
}

/// How many tax classes match.
pub async fn count(tx: &mut TenantTx, filter: Option<TaxClassCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, tax_classes, filter: filter))
}

/// The tax classes with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[TaxClassId]) -> DbResult<Vec<TaxClassRow>> {
    let query = tax_classes::table
        .filter(tax_classes::id.eq_any(ids.to_vec()))
        .select(TaxClassRow::as_select());
    Ok(query.load(tx).await?)
}

/// Whether there is such a class; its rates are locked against other changes.
pub async fn lock(tx: &mut TenantTx, id: TaxClassId) -> DbResult<bool> {
    let query = tax_classes::table
        .find(id)
        .select(tax_classes::id)
        .for_no_key_update();
    let found: Option<TaxClassId> = query.get_result(tx).await.optional()?;
    Ok(found.is_some())
}

/// Adds a tax class.
pub async fn insert(tx: &mut TenantTx, row: &TaxClassRow) -> QueryResult<()> {
    let query = diesel::insert_into(tax_classes::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Changes the tax class if it still has this version.
pub async fn update(
    tx: &mut TenantTx,
    id: TaxClassId,
    version: i32,
    changes: TaxClassChanges,
) -> QueryResult<Option<TaxClassRow>> {
    let query = diesel::update(tax_classes::table.find(id))
        .filter(tax_classes::version.eq(version))
        .set((changes, tax_classes::version.eq(tax_classes::version + 1)))
        .returning(TaxClassRow::as_returning());
    query.get_result(tx).await.optional()
}
