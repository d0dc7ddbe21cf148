//! SQL of products.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use super::model::{ProductChanges, ProductId, ProductRow, ProductUnitRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{categories, product_units, products, units};
use crate::error::AppResult;
use crate::graphql::filter::{any_of, like_literal};
use crate::graphql::order::sort_keys;
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// A condition on products.
pub type ProductCondition = Predicate<products::table>;

// pg_trgm: the left text is like some part of the right one.
diesel::infix_operator!(WordLike, " <% ", backend: diesel::pg::Pg);

sort_keys! {
    table: products, row: ProductRow,
    field: /// What products can be sorted by.
        ProductOrderField,
    order: /// One sort key of products.
        ProductOrder,
    sort: ProductSort,
    keys: {
        /// By SKU.
        Sku => sku: String,
        /// By name.
        Name => name: String,
        /// By list price per base unit.
        ListPrice => list_price: Decimal,
        /// By the time the record was made.
        CreatedAt => created_at: DateTime<Utc>,
        /// By the time of the last change.
        UpdatedAt => updated_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: Name Asc,
}

/// Products a person may mean by `text`: a part of SKU or name, a word of them
/// with a typing error, or the whole of a barcode.
pub fn search_condition(text: &str) -> Option<ProductCondition> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return None;
    }
    let pattern = format!("%{}%", like_literal(&text));
    let similar = WordLike::new(text.clone().into_sql::<Text>(), products::search_text);
    let with_barcode = product_units::table
        .filter(product_units::barcode.eq(text))
        .select(product_units::product_id);
    any_of(vec![
        Box::new(products::search_text.like(pattern).nullable()),
        Box::new(similar.nullable()),
        Box::new(products::id.eq_any(with_barcode).nullable()),
    ])
}

/// One page of products.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<ProductCondition>,
    keys: &[(ProductSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<ProductRow>> {
    Ok(load_page!(tx, products as ProductRow, filter: filter, keys: keys, page: page))
}

/// How many products match.
pub async fn count(tx: &mut TenantTx, filter: Option<ProductCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, products, filter: filter))
}

/// The products with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[ProductId]) -> DbResult<Vec<ProductRow>> {
    let query = products::table
        .filter(products::id.eq_any(ids.to_vec()))
        .select(ProductRow::as_select());
    Ok(query.load(tx).await?)
}

/// The products with these SKUs.
pub async fn find_many_by_sku(tx: &mut TenantTx, skus: &[String]) -> DbResult<Vec<ProductRow>> {
    let query = products::table
        .filter(products::sku.eq_any(skus.to_vec()))
        .select(ProductRow::as_select());
    Ok(query.load(tx).await?)
}

/// The products with these barcodes, beside the barcode.
pub async fn find_many_by_barcode(
    tx: &mut TenantTx,
    barcodes: &[String],
) -> DbResult<Vec<(Option<String>, ProductRow)>> {
    let query = products::table
        .inner_join(product_units::table)
        .filter(product_units::barcode.eq_any(barcodes.to_vec()))
        .select((product_units::barcode, ProductRow::as_select()));
    Ok(query.load(tx).await?)
}

/// The units of these products, smallest first.
pub async fn find_units(tx: &mut TenantTx, ids: &[ProductId]) -> DbResult<Vec<ProductUnitRow>> {
    let query = product_units::table
        .filter(product_units::product_id.eq_any(ids.to_vec()))
        .order((product_units::product_id, product_units::unit_id))
        .select(ProductUnitRow::as_select());
    let mut units: Vec<ProductUnitRow> = query.load(tx).await?;
    // By the exact factor, which no division in the database gives.
    units.sort_by_key(|unit| Ratio::new(unit.num, unit.den).ok());
    Ok(units)
}

/// Products that are not archived, with the codes of category and base unit, in the order
/// of their ids behind `after`.
pub async fn sheet(
    tx: &mut TenantTx,
    after: Option<ProductId>,
    most: i64,
) -> DbResult<Vec<(ProductRow, Option<String>, String)>> {
    let after = after.unwrap_or(ProductId::from_uuid(uuid::Uuid::nil()));
    let query = products::table
        .left_join(categories::table)
        .inner_join(units::table)
        .filter(products::id.gt(after))
        .filter(products::archived_at.is_null())
        .order(products::id)
        .limit(most)
        .select((
            ProductRow::as_select(),
            categories::code.nullable(),
            units::code,
        ));
    Ok(query.load(tx).await?)
}

/// Adds a product.
pub async fn insert(tx: &mut TenantTx, row: &ProductRow) -> QueryResult<()> {
    let query = diesel::insert_into(products::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Adds units to products.
pub async fn insert_units(tx: &mut TenantTx, rows: Vec<ProductUnitRow>) -> QueryResult<()> {
    let query = diesel::insert_into(product_units::table).values(rows);
    query.execute(tx).await.map(|_rows| ())
}

/// Takes all units from a product.
pub async fn delete_units(tx: &mut TenantTx, id: ProductId) -> QueryResult<()> {
    let query = diesel::delete(product_units::table.filter(product_units::product_id.eq(id)));
    query.execute(tx).await.map(|_rows| ())
}

/// Changes the product if it still has this version.
pub async fn update(
    tx: &mut TenantTx,
    id: ProductId,
    version: i32,
    changes: ProductChanges,
) -> QueryResult<Option<ProductRow>> {
    let query = diesel::update(products::table.find(id))
        .filter(products::version.eq(version))
        .set((changes, products::version.eq(products::version + 1)))
        .returning(ProductRow::as_returning());
    query.get_result(tx).await.optional()
}
