//! SQL of tax rates.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{products, tax_rates};
use crate::dealer::calendar::{date, timezone};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::prices::taxes::model::TaxRateRow;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on tax rates.
pub type TaxRateCondition = Predicate<tax_rates::table>;

sort_keys! {
    table: tax_rates, row: TaxRateRow,
    field: /// What tax rates can be sorted by.
        TaxRateOrderField,
    order: /// One sort key of tax rates.
        TaxRateOrder,
    sort: TaxRateSort,
    keys: {
        /// By region.
        Region => region: String,
        /// By the rate.
        Rate => rate: Decimal,
    },
    ties: { Id => id },
    default: Region Asc,
}

/// One page of tax rates.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<TaxRateCondition>,
    keys: &[(TaxRateSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<TaxRateRow>> {
    Ok(load_page!(tx, tax_rates as TaxRateRow, filter: filter, keys: keys, page: page))
}

/// How many tax rates match.
pub async fn count(tx: &mut TenantTx, filter: Option<TaxRateCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, tax_rates, filter: filter))
}

/// The rates of the class and region of `like` that hold on some of its days, the first first.
pub async fn on_days_of(tx: &mut TenantTx, like: &TaxRateRow) -> QueryResult<Vec<TaxRateRow>> {
    let mut query = tax_rates::table
        .filter(tax_rates::tax_class_id.eq(like.tax_class_id))
        .filter(tax_rates::region.eq(like.region.clone()))
        .filter(
            tax_rates::valid_to
                .is_null()
                .or(tax_rates::valid_to.ge(like.valid_from)),
        )
        .order(tax_rates::valid_from)
        .select(TaxRateRow::as_select())
        .into_boxed();
    if let Some(last) = like.valid_to {
        query = query.filter(tax_rates::valid_from.le(last));
    }
    query.load(tx).await
}

/// The rates of these products' classes today, where no region has one of its own.
pub(super) async fn of_products(
    tx: &mut TenantTx,
    ids: &[ProductId],
) -> DbResult<Vec<(ProductId, Decimal)>> {
    let (zone, now) = (tx.context().dealer().timezone.clone(), tx.now());
    let today = || date(timezone(zone.clone(), now));
    let of_class = tax_rates::tax_class_id
        .nullable()
        .eq(products::tax_class_id);
    let not_over = tax_rates::valid_to
        .is_null()
        .or(tax_rates::valid_to.assume_not_null().ge(today()));
    let query = products::table
        .inner_join(tax_rates::table.on(of_class))
        .filter(products::id.eq_any(ids.to_vec()))
        .filter(tax_rates::region.eq(""))
        .filter(tax_rates::valid_from.le(today()))
        .filter(not_over)
        .select((products::id, tax_rates::rate));
    Ok(query.load(tx).await?)
}

/// Adds a rate.
pub async fn insert(tx: &mut TenantTx, row: &TaxRateRow) -> QueryResult<()> {
    let query = diesel::insert_into(tax_rates::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Writes all of a rate anew.
pub async fn update(tx: &mut TenantTx, row: &TaxRateRow) -> QueryResult<()> {
    let query = diesel::update(tax_rates::table.find(row.id)).set(row.clone());
    query.execute(tx).await.map(|_rows| ())
}
