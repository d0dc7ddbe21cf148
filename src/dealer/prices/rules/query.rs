//! SQL of price rules.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use super::model::{PriceRuleId, PriceRuleRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{categories, customers, jobs, price_lists, price_rules};
use crate::dealer::calendar::{date, timezone};
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::prices::lists::model::PriceListId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on price rules.
pub type PriceRuleCondition = Predicate<price_rules::table>;

sort_keys! {
    table: price_rules, row: PriceRuleRow,
    field: /// What price rules can be sorted by.
        PriceRuleOrderField,
    order: /// One sort key of price rules.
        PriceRuleOrder,
    sort: PriceRuleSort,
    keys: {
        /// By the minimum quantity, whatever its unit.
        MinQuantity => min_quantity: Decimal,
        /// By the time of the last change.
        UpdatedAt => updated_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: Id Desc,
}

/// One page of price rules.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<PriceRuleCondition>,
    keys: &[(PriceRuleSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<PriceRuleRow>> {
    Ok(load_page!(tx, price_rules as PriceRuleRow, filter: filter, keys: keys, page: page))
}

/// How many price rules match.
pub async fn count(tx: &mut TenantTx, filter: Option<PriceRuleCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, price_rules, filter: filter))
}

/// The price rules with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[PriceRuleId]) -> DbResult<Vec<PriceRuleRow>> {
    let query = price_rules::table
        .filter(price_rules::id.eq_any(ids.to_vec()))
        .select(PriceRuleRow::as_select());
    Ok(query.load(tx).await?)
}

/// Locks a price list against other changes of its rules; whether it is in use, if there
/// is one.
pub(super) async fn lock_list(tx: &mut TenantTx, id: PriceListId) -> DbResult<Option<bool>> {
    let query = price_lists::table
        .find(id)
        .select(price_lists::archived_at)
        .for_no_key_update();
    let found: Option<Option<DateTime<Utc>>> = query.get_result(tx).await.optional()?;
    Ok(found.map(|archived| archived.is_none()))
}

/// Locks a customer against other changes of his rules; whether there is one.
pub(super) async fn lock_customer(tx: &mut TenantTx, id: CustomerId) -> DbResult<bool> {
    let query = customers::table
        .find(id)
        .select(customers::id)
        .for_no_key_update();
    let found: Option<CustomerId> = query.get_result(tx).await.optional()?;
    Ok(found.is_some())
}

/// Locks a job against other changes of its rules; whose it is, if there is one.
pub(super) async fn lock_job(tx: &mut TenantTx, id: JobId) -> DbResult<Option<CustomerId>> {
    let query = jobs::table
        .find(id)
        .select(jobs::customer_id)
        .for_no_key_update();
    Ok(query.get_result(tx).await.optional()?)
}

/// Locks a category against other changes of everybody's rules; whether there is one.
pub(super) async fn lock_category(tx: &mut TenantTx, id: CategoryId) -> DbResult<bool> {
    let query = categories::table
        .find(id)
        .select(categories::id)
        .for_no_key_update();
    let found: Option<CategoryId> = query.get_result(tx).await.optional()?;
    Ok(found.is_some())
}

/// The rules with the holder and target of `like` that hold on some of its days, whatever their
/// minimums.
pub(super) async fn on_days_of(
    tx: &mut TenantTx,
    like: &PriceRuleRow,
) -> DbResult<Vec<PriceRuleRow>> {
    let mut query = price_rules::table
        .filter(price_rules::price_list_id.is_not_distinct_from(like.price_list_id))
        .filter(price_rules::customer_id.is_not_distinct_from(like.customer_id))
        .filter(price_rules::job_id.is_not_distinct_from(like.job_id))
        .filter(price_rules::product_id.is_not_distinct_from(like.product_id))
        .filter(price_rules::category_id.is_not_distinct_from(like.category_id))
        .filter(
            price_rules::valid_to
                .is_null()
                .or(price_rules::valid_to.ge(like.valid_from)),
        )
        .order(price_rules::id)
        .select(PriceRuleRow::as_select())
        .into_boxed();
    if let Some(last) = like.valid_to {
        query = query.filter(price_rules::valid_from.le(last));
    }
    Ok(query.load(tx).await?)
}

/// Of these products, the units of their rules that hold today or later: what a price is for,
/// and that of the minimum.
pub(super) async fn units_of(
    tx: &mut TenantTx,
    products: Vec<ProductId>,
) -> DbResult<Vec<(Option<ProductId>, Option<UnitId>, Option<UnitId>)>> {
    let (zone, now) = (tx.context().dealer().timezone.clone(), tx.now());
    let today = date(timezone(zone, now));
    let not_over = price_rules::valid_to
        .is_null()
        .or(price_rules::valid_to.assume_not_null().ge(today));
    let query = price_rules::table
        .filter(price_rules::product_id.eq_any(products))
        .filter(not_over)
        .select((
            price_rules::product_id,
            price_rules::unit_id,
            price_rules::min_unit_id,
        ));
    Ok(query.load(tx).await?)
}

/// Adds a rule.
pub(super) async fn insert(tx: &mut TenantTx, row: &PriceRuleRow) -> QueryResult<()> {
    let query = diesel::insert_into(price_rules::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Writes all of a rule anew, if it still has the version before.
pub(super) async fn update(
    tx: &mut TenantTx,
    row: &PriceRuleRow,
    version: i32,
) -> QueryResult<Option<PriceRuleRow>> {
    let query = diesel::update(price_rules::table.find(row.id))
        .filter(price_rules::version.eq(version))
        .set(row.clone())
        .returning(PriceRuleRow::as_returning());
    query.get_result(tx).await.optional()
}

/// Removes a rule, if it still has this version.
pub(super) async fn delete(
    tx: &mut TenantTx,
    id: PriceRuleId,
    version: i32,
) -> QueryResult<Option<PriceRuleRow>> {
    let query = diesel::delete(price_rules::table.find(id))
        .filter(price_rules::version.eq(version))
        .returning(PriceRuleRow::as_returning());
    query.get_result(tx).await.optional()
}
