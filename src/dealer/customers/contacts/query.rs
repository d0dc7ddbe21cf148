//! SQL of contacts.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{ContactChanges, ContactId, ContactRow};
use crate::db::error::DbResult;
use crate::db::tenant_tables::customer_contacts as contacts;
use crate::dealer::customers::model::CustomerId;
use crate::tenancy::TenantTx;

/// The contacts with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[ContactId]) -> DbResult<Vec<ContactRow>> {
    let query = contacts::table
        .filter(contacts::id.eq_any(ids.to_vec()))
        .select(ContactRow::as_select());
    Ok(query.load(tx).await?)
}

/// The contacts at these customers, by name.
pub async fn find_by_customers(tx: &mut TenantTx, ids: &[CustomerId]) -> DbResult<Vec<ContactRow>> {
    let query = contacts::table
        .filter(contacts::customer_id.eq_any(ids.to_vec()))
        .order((contacts::customer_id, contacts::name, contacts::id))
        .select(ContactRow::as_select());
    Ok(query.load(tx).await?)
}

/// How many there are at a customer.
pub async fn count(tx: &mut TenantTx, customer: CustomerId) -> DbResult<i64> {
    let query = contacts::table.filter(contacts::customer_id.eq(customer));
    Ok(query.count().get_result(tx).await?)
}

/// Adds one.
pub async fn insert(tx: &mut TenantTx, row: &ContactRow) -> QueryResult<()> {
    let query = diesel::insert_into(contacts::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Changes the contact if it still has this version.
pub async fn update(
    tx: &mut TenantTx,
    id: ContactId,
    version: i32,
    changes: ContactChanges,
) -> QueryResult<Option<ContactRow>> {
    let query = diesel::update(contacts::table.find(id))
        .filter(contacts::version.eq(version))
        .set((changes, contacts::version.eq(contacts::version + 1)))
        .returning(ContactRow::as_returning());
    query.get_result(tx).await.optional()
}

/// Removes one.
pub async fn delete(tx: &mut TenantTx, id: ContactId) -> DbResult<()> {
    diesel::delete(contacts::table.find(id)).execute(tx).await?;
    Ok(())
}
