//! Opening a count: which products, and what the books say of them.

use std::collections::{BTreeSet, HashMap};

use super::events::StockCountOpened;
use super::input::StockCountOpenInput;
use super::model::{
    StockCountId, StockCountLineId, StockCountLineRow, StockCountRow, StockCountState,
};
use super::query;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::categories::service::subtree;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::Measures;
use crate::dealer::numbering;
use crate::dealer::stock::model::StockLevelRow;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::dealer::stock::warehouses::service::{in_use, rests};
use crate::error::{Constraint, ErrorCode, Refusal, ServiceResult, UserError, on_constraint};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Most products of a count.
const MOST: usize = 1000;

/// Two may open at once, and neither sees the other's lines before.
const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "stock_count_lines_open_unique",
    path: &["input"],
    message: "some of these products are being counted there already",
}];

/// Opens a count.
pub async fn open(tx: &mut TenantTx, input: StockCountOpenInput) -> ServiceResult<StockCountRow> {
    let mut checks = Checks::default();
    let note = checks.optional_text(&["input", "note"], input.note.as_deref(), 500);
    let either = input.product_ids.is_none() || input.category_id.is_none();
    let message = "can not be sent together with productIds";
    checks.require(either, &["input", "categoryId"], message);
    check_products(&mut checks, input.product_ids.as_deref());
    checks.finish()?;
    let path = ["input", "warehouseId"];
    let warehouse = in_use(tx, input.warehouse_id, &path).await?;
    rests(&warehouse, &path, "count it")?;
    let levels = levels(tx, &input).await?;
    let now = tx.now();
    let id = StockCountId::generate();
    let row = StockCountRow {
        id,
        number: numbering::next(tx, StockCountId::PREFIX).await?,
        warehouse_id: warehouse.id,
        state: StockCountState::Open,
        note,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let lines = levels
        .iter()
        .zip(0..)
        .map(|(level, position)| line(id, level, position));
    let made = query::insert(tx, &row, lines.collect()).await;
    made.map_err(on_constraint(CONSTRAINTS))?;
    tx.emit(&StockCountOpened((&row).into()));
    Ok(row)
}

fn check_products(checks: &mut Checks, products: Option<&[ProductId]>) {
    let Some(products) = products else { return };
    let path = ["input", "productIds"];
    let fits = (1..=MOST).contains(&products.len());
    checks.require(fits, &path, "must list 1 to 1000 products");
    let mut known = BTreeSet::new();
    for (index, id) in products.iter().take(MOST).enumerate() {
        let index = index.to_string();
        let path = ["input", "productIds", index.as_str()];
        checks.require(known.insert(*id), &path, "is listed twice");
    }
}

/// What the books say of the products that are meant, none of which is being counted.
async fn levels(
    tx: &mut TenantTx,
    input: &StockCountOpenInput,
) -> ServiceResult<Vec<StockLevelRow>> {
    let warehouse = input.warehouse_id;
    let (levels, field) = match (&input.product_ids, input.category_id) {
        (Some(products), _) => (named(tx, warehouse, products).await?, "productIds"),
        (None, Some(category)) => {
            let categories = subtree(tx, category, &["input", "categoryId"]).await?;
            (there(tx, warehouse, Some(categories)).await?, "categoryId")
        }
        (None, None) => (there(tx, warehouse, None).await?, "warehouseId"),
    };
    let path = ["input", field];
    if levels.is_empty() {
        let message = "there is nothing to count";
        return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
    }
    if levels.len() > MOST {
        let message = "more than 1000 products are there: count them by category";
        return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
    }
    let products: Vec<_> = levels.iter().map(|level| level.product_id).collect();
    let counted = query::counted_now(tx, warehouse, &products).await?;
    let Some((product, number)) = counted.first() else {
        return Ok(levels);
    };
    let message = format!(
        "{} of these products are being counted there already, by count {number} for one",
        counted.len()
    );
    let error = UserError::at(ErrorCode::NotAllowed, &path, message);
    Err(error.with_detail("productId", product).into())
}

/// Of these products, whether there ever was some in the warehouse or not.
async fn named(
    tx: &mut TenantTx,
    warehouse: WarehouseId,
    products: &[ProductId],
) -> ServiceResult<Vec<StockLevelRow>> {
    let measures = Measures::of(tx, products).await?;
    let mut refused = Vec::new();
    for (index, product) in products.iter().enumerate() {
        let (code, message) = match measures.goods(*product) {
            Some(goods) if goods.kind.is_kept() => continue,
            Some(_) => (ErrorCode::NotAllowed, "is never in stock"),
            None => (ErrorCode::NotFound, "there is no such product"),
        };
        let index = index.to_string();
        let path = ["input", "productIds", index.as_str()];
        refused.push(UserError::at(code, &path, message));
    }
    if !refused.is_empty() {
        return Err(Refusal::User(refused));
    }
    let rows = query::levels(tx, warehouse, products).await?;
    let rows = rows.into_iter().map(|row| (row.product_id, row));
    let mut found: HashMap<_, _> = rows.collect();
    let now = tx.now();
    let level = |product: &ProductId| {
        let found = found.remove(product);
        found.unwrap_or_else(|| StockLevelRow::empty((*product, warehouse), now))
    };
    Ok(products.iter().map(level).collect())
}

/// Of what lies in the warehouse, or did and is still sold; one more than may be counted.
async fn there(
    tx: &mut TenantTx,
    warehouse: WarehouseId,
    categories: Option<Vec<CategoryId>>,
) -> ServiceResult<Vec<StockLevelRow>> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX) + 1;
    Ok(query::levels_in(tx, warehouse, categories, most).await?)
}

fn line(count: StockCountId, level: &StockLevelRow, position: i32) -> StockCountLineRow {
    StockCountLineRow {
        id: StockCountLineId::generate(),
        count_id: count,
        position,
        product_id: level.product_id,
        warehouse_id: level.warehouse_id,
        is_open: true,
        watermark: level.movements,
        expected: level.on_hand,
        counted: None,
        counted_at: None,
        variance_value: None,
        version: 1,
    }
}
