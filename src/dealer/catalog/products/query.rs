//! SQL of products.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{ProductChanges, ProductId, ProductKind, ProductRow, ProductUnitRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{
    categories, product_barcodes, product_units, products, stock_levels, units,
};
use crate::dealer::catalog::units::model::UnitId;
use crate::error::AppResult;
use crate::graphql::filter::{any_of, like_literal};
use crate::graphql::order::sort_keys;
use crate::kernel::gtin;
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// A condition on products.
pub type ProductCondition = Predicate<products::table>;

// pg_trgm: the left text is like some part of the right one.
diesel::infix_operator!(WordLike, " <% ", backend: Pg);

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
    let written = text.trim();
    let text = written.to_lowercase();
    if text.is_empty() {
        return None;
    }
    let pattern = format!("%{}%", like_literal(&text));
    let similar = WordLike::new(text.into_sql::<Text>(), products::search_text);
    let with_barcode = product_barcodes::table
        .filter(product_barcodes::scanned.eq(gtin::scanned(written)))
        .select(product_barcodes::product_id);
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

/// The products with barcodes that are found by these texts, beside the text.
pub async fn find_many_by_barcode(
    tx: &mut TenantTx,
    scanned: Vec<String>,
) -> DbResult<Vec<(String, ProductRow)>> {
    let query = product_barcodes::table
        .inner_join(products::table.on(products::id.eq(product_barcodes::product_id)))
        .filter(product_barcodes::scanned.eq_any(scanned))
        .select((product_barcodes::scanned, ProductRow::as_select()));
    Ok(query.load(tx).await?)
}

/// The products with these SKUs, locked in the order of their ids against other changes.
pub async fn lock_by_sku(tx: &mut TenantTx, skus: Vec<String>) -> DbResult<Vec<ProductRow>> {
    let query = products::table
        .filter(products::sku.eq_any(skus))
        .order(products::id)
        .select(ProductRow::as_select())
        .for_update();
    Ok(query.load(tx).await?)
}

/// Keeps a product as it is until the COMMIT.
pub(super) async fn share(tx: &mut TenantTx, id: ProductId) -> DbResult<()> {
    let query = products::table
        .filter(products::id.eq(id))
        .select(products::id)
        .for_share();
    query.load::<ProductId>(tx).await?;
    Ok(())
}

/// The product, locked also against those who put it into stock for the first time.
pub async fn lock(tx: &mut TenantTx, id: ProductId) -> DbResult<Option<ProductRow>> {
    let query = products::table
        .find(id)
        .select(ProductRow::as_select())
        .for_update();
    Ok(query.first(tx).await.optional()?)
}

/// Which of these are or were in stock somewhere.
pub async fn in_stock(tx: &mut TenantTx, ids: Vec<ProductId>) -> DbResult<Vec<ProductId>> {
    let query = stock_levels::table
        .filter(stock_levels::product_id.eq_any(ids))
        .select(stock_levels::product_id)
        .distinct();
    Ok(query.load(tx).await?)
}

/// Which of these are archived.
pub(super) async fn archived(tx: &mut TenantTx, ids: &[ProductId]) -> DbResult<Vec<ProductId>> {
    let query = products::table
        .filter(products::id.eq_any(ids.to_vec()))
        .filter(products::archived_at.is_not_null())
        .select(products::id);
    Ok(query.load(tx).await?)
}

/// The kinds of these products.
pub async fn kinds(tx: &mut TenantTx, ids: Vec<ProductId>) -> DbResult<Vec<ProductKind>> {
    let query = products::table
        .filter(products::id.eq_any(ids))
        .select(products::kind)
        .distinct();
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
    let after = after.unwrap_or(ProductId::from_uuid(Uuid::nil()));
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

/// Adds products; gives the ids of those whose SKU nobody has taken meanwhile.
pub async fn insert_many(tx: &mut TenantTx, rows: Vec<ProductRow>) -> QueryResult<Vec<ProductId>> {
    let query = diesel::insert_into(products::table)
        .values(rows)
        .on_conflict(products::sku)
        .do_nothing()
        .returning(products::id);
    query.get_results(tx).await
}

/// Adds a product.
pub async fn insert(tx: &mut TenantTx, row: &ProductRow) -> QueryResult<()> {
    let query = diesel::insert_into(products::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Writes products that are locked.
pub async fn store_many(tx: &mut TenantTx, rows: Vec<ProductRow>) -> QueryResult<()> {
    let query = diesel::insert_into(products::table)
        .values(rows)
        .on_conflict(products::id)
        .do_update()
        .set((
            products::name.eq(excluded(products::name)),
            products::description.eq(excluded(products::description)),
            products::kind.eq(excluded(products::kind)),
            products::category_id.eq(excluded(products::category_id)),
            products::list_price.eq(excluded(products::list_price)),
            products::version.eq(excluded(products::version)),
            products::updated_at.eq(excluded(products::updated_at)),
        ));
    query.execute(tx).await.map(|_rows| ())
}

/// Adds units to products, or changes their factors.
pub async fn put_units(tx: &mut TenantTx, rows: Vec<ProductUnitRow>) -> QueryResult<()> {
    let query = diesel::insert_into(product_units::table)
        .values(rows)
        .on_conflict((product_units::product_id, product_units::unit_id))
        .do_update()
        .set((
            product_units::num.eq(excluded(product_units::num)),
            product_units::den.eq(excluded(product_units::den)),
        ));
    query.execute(tx).await.map(|_rows| ())
}

/// Units that products have no longer. diesel knows no DELETE … USING.
#[derive(QueryId)]
struct Unpack {
    products: Vec<Uuid>,
    units: Vec<Uuid>,
}

impl QueryFragment<Pg> for Unpack {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("DELETE FROM product_units USING unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.products)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.units)?;
        out.push_sql(
            ") AS gone (product_id, unit_id) WHERE product_units.product_id = gone.product_id \
             AND product_units.unit_id = gone.unit_id",
        );
        Ok(())
    }
}

/// Takes units from products, with their barcodes.
pub async fn delete_units(tx: &mut TenantTx, gone: &[(ProductId, UnitId)]) -> DbResult<()> {
    let query = Unpack {
        products: gone.iter().map(|unit| unit.0.uuid()).collect(),
        units: gone.iter().map(|unit| unit.1.uuid()).collect(),
    };
    query.execute(tx).await?;
    Ok(())
}

/// Counts a change of what hangs on the product.
pub async fn touch(tx: &mut TenantTx, id: ProductId) -> DbResult<Option<ProductRow>> {
    let now = tx.now();
    let query = diesel::update(products::table.find(id))
        .set((
            products::version.eq(products::version + 1),
            products::updated_at.eq(now),
        ))
        .returning(ProductRow::as_returning());
    Ok(query.get_result(tx).await.optional()?)
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
