//! SQL of what decides a price and stands elsewhere.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use crate::db::error::DbResult;
use crate::db::tenant_tables::{customers, jobs, price_lists, products};
use crate::dealer::catalog::products::model::{ProductId, ProductRow};
use crate::dealer::customers::jobs::model::{JobId, JobRow};
use crate::dealer::customers::model::{CustomerId, CustomerRow};
use crate::dealer::prices::lists::model::{PriceListId, PriceListRow};
use crate::dealer::prices::taxes::model::TaxClassId;
use crate::tenancy::TenantTx;

/// What a product costs the dealer and how it is taxed.
#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = products, check_for_backend(diesel::pg::Pg))]
pub struct PricingRow {
    /// Which product.
    pub id: ProductId,
    /// Its tax class.
    pub tax_class_id: Option<TaxClassId>,
    /// Per base unit.
    pub standard_cost: Option<Decimal>,
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = products)]
pub struct PricingChanges {
    /// New tax class, or none.
    pub tax_class_id: Option<Option<TaxClassId>>,
    /// New cost, or none.
    pub standard_cost: Option<Option<Decimal>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}

/// Costs and tax classes of these products.
pub(super) async fn pricing(tx: &mut TenantTx, ids: &[ProductId]) -> DbResult<Vec<PricingRow>> {
    let query = products::table
        .filter(products::id.eq_any(ids.to_vec()))
        .select(PricingRow::as_select());
    Ok(query.load(tx).await?)
}

/// The price lists of these customers.
pub(super) async fn of_customers(
    tx: &mut TenantTx,
    ids: &[CustomerId],
) -> DbResult<Vec<(CustomerId, PriceListRow)>> {
    let query = customers::table
        .inner_join(price_lists::table)
        .filter(customers::id.eq_any(ids.to_vec()))
        .select((customers::id, PriceListRow::as_select()));
    Ok(query.load(tx).await?)
}

/// The price lists of these jobs, where they have one of their own.
pub(super) async fn of_jobs(
    tx: &mut TenantTx,
    ids: &[JobId],
) -> DbResult<Vec<(JobId, PriceListRow)>> {
    let query = jobs::table
        .inner_join(price_lists::table)
        .filter(jobs::id.eq_any(ids.to_vec()))
        .select((jobs::id, PriceListRow::as_select()));
    Ok(query.load(tx).await?)
}

/// Changes cost and tax class if the product still has this version.
pub(super) async fn set_pricing(
    tx: &mut TenantTx,
    (id, version): (ProductId, i32),
    changes: PricingChanges,
) -> QueryResult<Option<ProductRow>> {
    let query = diesel::update(products::table.find(id))
        .filter(products::version.eq(version))
        .set((changes, products::version.eq(products::version + 1)))
        .returning(ProductRow::as_returning());
    query.get_result(tx).await.optional()
}

/// Gives the customer a price list if he still has this version.
pub(super) async fn set_customer(
    tx: &mut TenantTx,
    (id, version): (CustomerId, i32),
    list: Option<PriceListId>,
) -> QueryResult<Option<CustomerRow>> {
    let now = tx.now();
    let query = diesel::update(customers::table.find(id))
        .filter(customers::version.eq(version))
        .set((
            customers::price_list_id.eq(list),
            customers::updated_at.eq(now),
            customers::version.eq(customers::version + 1),
        ))
        .returning(CustomerRow::as_returning());
    query.get_result(tx).await.optional()
}

/// Gives the job a price list if it still has this version.
pub(super) async fn set_job(
    tx: &mut TenantTx,
    (id, version): (JobId, i32),
    list: Option<PriceListId>,
) -> QueryResult<Option<JobRow>> {
    let now = tx.now();
    let query = diesel::update(jobs::table.find(id))
        .filter(jobs::version.eq(version))
        .set((
            jobs::price_list_id.eq(list),
            jobs::updated_at.eq(now),
            jobs::version.eq(jobs::version + 1),
        ))
        .returning(JobRow::as_returning());
    query.get_result(tx).await.optional()
}
