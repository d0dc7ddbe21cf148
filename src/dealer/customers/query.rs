//! SQL of customers.

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::model::{CustomerChanges, CustomerId, CustomerRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{customers, price_lists};
use crate::dealer::prices::lists::model::PriceListId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on customers.
pub type CustomerCondition = Predicate<customers::table>;

sort_keys! {
    table: customers, row: CustomerRow,
    field: /// What customers can be sorted by.
        CustomerOrderField,
    order: /// One sort key of customers.
        CustomerOrder,
    sort: CustomerSort,
    keys: {
        /// By account code.
        Code => code: String,
        /// By name.
        Name => name: String,
    },
    ties: { Id => id },
    default: Name Asc,
}

/// One page of customers.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<CustomerCondition>,
    keys: &[(CustomerSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<CustomerRow>> {
    Ok(load_page!(tx, customers as CustomerRow, filter: filter, keys: keys, page: page))
}

/// How many customers match.
pub async fn count(tx: &mut TenantTx, filter: Option<CustomerCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, customers, filter: filter))
}

/// The customers with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[CustomerId]) -> DbResult<Vec<CustomerRow>> {
    let query = customers::table
        .filter(customers::id.eq_any(ids.to_vec()))
        .select(CustomerRow::as_select());
    Ok(query.load(tx).await?)
}

/// The customers with these codes.
pub async fn find_many_by_code(tx: &mut TenantTx, codes: &[String]) -> DbResult<Vec<CustomerRow>> {
    let query = customers::table
        .filter(customers::code.eq_any(codes.to_vec()))
        .select(CustomerRow::as_select());
    Ok(query.load(tx).await?)
}

/// The customers with these ids, locked in the order of those.
pub async fn lock_many(tx: &mut TenantTx, ids: &[CustomerId]) -> DbResult<Vec<CustomerRow>> {
    // Rows that refer to customers may go on being added.
    let query = customers::table
        .filter(customers::id.eq_any(ids.to_vec()))
        .order(customers::id)
        .select(CustomerRow::as_select())
        .for_no_key_update();
    Ok(query.load(tx).await?)
}

/// Customers that are not archived with the codes of their price lists, in the order of
/// their ids behind `after`.
pub async fn sheet(
    tx: &mut TenantTx,
    after: Option<CustomerId>,
    most: i64,
) -> DbResult<Vec<(CustomerRow, Option<String>)>> {
    let after = after.unwrap_or(CustomerId::from_uuid(uuid::Uuid::nil()));
    let query = customers::table
        .left_join(price_lists::table)
        .filter(customers::id.gt(after))
        .filter(customers::archived_at.is_null())
        .order(customers::id)
        .limit(most)
        .select((CustomerRow::as_select(), price_lists::code.nullable()));
    Ok(query.load(tx).await?)
}

/// Adds customers.
pub async fn insert_many(tx: &mut TenantTx, rows: Vec<CustomerRow>) -> QueryResult<()> {
    let query = diesel::insert_into(customers::table).values(rows);
    query.execute(tx).await.map(|_rows| ())
}

/// Adds customers, and writes such as are locked, each with its price list.
pub(super) async fn store(
    tx: &mut TenantTx,
    rows: Vec<(CustomerRow, Option<PriceListId>)>,
) -> QueryResult<()> {
    let rows = rows.into_iter();
    let rows: Vec<_> = rows
        .map(|(row, list)| (row, customers::price_list_id.eq(list)))
        .collect();
    let query = diesel::insert_into(customers::table)
        .values(rows)
        .on_conflict(customers::id)
        .do_update()
        .set((
            customers::name.eq(excluded(customers::name)),
            customers::tax_id.eq(excluded(customers::tax_id)),
            customers::terms_days.eq(excluded(customers::terms_days)),
            customers::credit_limit.eq(excluded(customers::credit_limit)),
            customers::credit_limit_reason.eq(excluded(customers::credit_limit_reason)),
            customers::credit_check.eq(excluded(customers::credit_check)),
            customers::address_line.eq(excluded(customers::address_line)),
            customers::city.eq(excluded(customers::city)),
            customers::postcode.eq(excluded(customers::postcode)),
            customers::country.eq(excluded(customers::country)),
            customers::email.eq(excluded(customers::email)),
            customers::phone.eq(excluded(customers::phone)),
            customers::notes.eq(excluded(customers::notes)),
            customers::price_list_id.eq(excluded(customers::price_list_id)),
            customers::version.eq(excluded(customers::version)),
            customers::updated_at.eq(excluded(customers::updated_at)),
        ));
    query.execute(tx).await.map(|_rows| ())
}

/// Changes the customer if it still has this version.
pub async fn update(
    tx: &mut TenantTx,
    id: CustomerId,
    version: i32,
    changes: CustomerChanges,
) -> QueryResult<Option<CustomerRow>> {
    let query = diesel::update(customers::table.find(id))
        .filter(customers::version.eq(version))
        .set((changes, customers::version.eq(customers::version + 1)))
        .returning(CustomerRow::as_returning());
    query.get_result(tx).await.optional()
}
