//! Use cases of what suppliers deliver.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::events::{SupplierItemRemoved, SupplierItemWasSet};
use super::input::{SupplierItemRemoveInput, SupplierItemSetInput};
use super::model::{SupplierItemId, SupplierItemRow};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::products::service::keep_units;
use crate::dealer::catalog::quantity::{Goods, Measures};
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::purchasing::suppliers::actions::SupplierAction;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::purchasing::suppliers::service::in_use;
use crate::error::{Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::graphql::payload::{given, given_text, updated};
use crate::graphql::permit::Permission;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

const CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "supplier_items_once_unique",
        path: &["input", "expectedVersion"],
        message: "somebody has just said how the supplier delivers the product; read it again",
    },
    Constraint {
        name: "supplier_items_preferred_unique",
        path: &["input", "isPreferred"],
        message: "somebody has just preferred another supplier; read them again",
    },
    Constraint {
        name: "supplier_items_unit_exists",
        path: &["input", "unitId"],
        message: "there is no such unit",
    },
];

/// Says how a supplier delivers a product.
pub async fn set(tx: &mut TenantTx, input: SupplierItemSetInput) -> ServiceResult<SupplierItemRow> {
    if !input.last_cost.is_undefined() {
        tx.context().require(Permission::CostRead)?;
    }
    let (product, supplier) = (input.product_id, input.supplier_id);
    let path = ["input", "supplierId"];
    in_use(tx, (supplier, &path), SupplierAction::ItemSet).await?;
    keep_units(tx, product).await?;
    let measures = Measures::of(tx, &[product]).await?;
    let goods = bought(&measures, product)?;
    let known = query::lock_of_supplier(tx, supplier, &[product])
        .await?
        .pop();
    expected(known.as_ref(), input.expected_version)?;
    let is_new = known.is_none();
    let before = known.unwrap_or_else(|| new_row(tx, &input, goods));
    let row = changed(before, input, &measures)?;
    let now = tx.now();
    let row = SupplierItemRow {
        updated_at: now,
        ..row
    };
    if row.is_preferred
        && let Some(other) = query::prefer_no_other(tx, (product, supplier), now).await?
    {
        tx.emit(&SupplierItemWasSet((&other).into()));
    }
    let written = if is_new {
        query::insert(tx, &row).await
    } else {
        query::update(tx, &row).await
    };
    written.map_err(on_constraint(CONSTRAINTS))?;
    tx.emit(&SupplierItemWasSet((&row).into()));
    Ok(row)
}

/// A supplier does not deliver a product any more.
pub async fn remove(
    tx: &mut TenantTx,
    input: SupplierItemRemoveInput,
) -> ServiceResult<SupplierItemRow> {
    let key = (input.id, input.expected_version);
    let removed = query::delete(tx, key).await?;
    let row = updated(removed, query::find_many(tx, &[input.id])).await?;
    tx.emit(&SupplierItemRemoved((&row).into()));
    Ok(row)
}

/// These products as a supplier is known to deliver them.
pub async fn of_supplier(
    tx: &mut TenantTx,
    supplier: SupplierId,
    products: &[ProductId],
) -> DbResult<HashMap<ProductId, SupplierItemRow>> {
    let rows = query::find_of_supplier(tx, supplier, products).await?;
    Ok(rows.into_iter().map(|row| (row.product_id, row)).collect())
}

/// The units in which suppliers are known to deliver these products.
pub async fn said_units(
    tx: &mut TenantTx,
    products: &[ProductId],
) -> DbResult<HashSet<(ProductId, UnitId)>> {
    let rows = query::find_by_products(tx, products).await?.into_iter();
    Ok(rows.map(|row| (row.product_id, row.unit_id)).collect())
}

/// Who delivers these products, the preferred supplier of each first.
pub async fn offers(
    tx: &mut TenantTx,
    products: &[ProductId],
) -> DbResult<HashMap<ProductId, Vec<SupplierItemRow>>> {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for row in query::find_by_products(tx, products).await? {
        found.entry(row.product_id).or_default().push(row);
    }
    Ok(found)
}

/// What is known of a product that is bought to be kept.
fn bought(measures: &Measures, product: ProductId) -> ServiceResult<Goods> {
    let (code, message) = match measures.goods(product) {
        Some(goods) if goods.kind.is_kept() => return Ok(goods),
        Some(_) => (ErrorCode::NotAllowed, "is never in stock"),
        None => (ErrorCode::NotFound, "there is no such product"),
    };
    Err(UserError::at(code, &["input", "productId"], message).into())
}

fn expected(known: Option<&SupplierItemRow>, version: Option<i32>) -> ServiceResult<()> {
    if known.map(|row| row.version) == version {
        return Ok(());
    }
    let (code, message) = match known {
        Some(_) => (
            ErrorCode::Conflict,
            "the record has changed since it was read; read it again",
        ),
        None => (
            ErrorCode::NotFound,
            "the supplier is not known to deliver the product; leave this out",
        ),
    };
    Err(UserError::at(code, &["input", "expectedVersion"], message).into())
}

fn new_row(tx: &TenantTx, input: &SupplierItemSetInput, goods: Goods) -> SupplierItemRow {
    let now = tx.now();
    SupplierItemRow {
        id: SupplierItemId::generate(),
        supplier_id: input.supplier_id,
        product_id: input.product_id,
        sku: None,
        unit_id: goods.base_unit,
        lead_days: None,
        min_quantity: Decimal::ZERO,
        last_cost: None,
        is_preferred: false,
        version: 0,
        created_at: now,
        updated_at: now,
        sku_lowered: None,
    }
}

/// The item with what the input says.
fn changed(
    mut row: SupplierItemRow,
    input: SupplierItemSetInput,
    measures: &Measures,
) -> ServiceResult<SupplierItemRow> {
    let mut checks = Checks::default();
    if let Some(sku) = given_text(&mut checks, &["input", "sku"], input.sku, 64) {
        row.sku_lowered = sku.as_ref().map(|sku| sku.to_lowercase());
        row.sku = sku;
    }
    if let Some(unit) = input.unit_id.filter(|unit| *unit != row.unit_id) {
        row.unit_id = unit;
        row.min_quantity = Decimal::ZERO;
        row.last_cost = None;
    }
    let Some(measure) = measures.measure(row.product_id, row.unit_id) else {
        let message = "the product is not sold or bought in this unit";
        return Err(UserError::at(ErrorCode::NotFound, &["input", "unitId"], message).into());
    };
    if let Some(days) = given(input.lead_days) {
        row.lead_days = days.map(|days| checks.days(&["input", "leadDays"], days));
    }
    if let Some(least) = input.min_quantity {
        let path = ["input", "minQuantity"];
        row.min_quantity = checks.quantity(&path, least.0, measure.scale);
    }
    if let Some(cost) = given(input.last_cost) {
        row.last_cost = cost.map(|cost| checks.amount(&["input", "lastCost"], cost.0));
    }
    row.is_preferred = input.is_preferred.unwrap_or(row.is_preferred);
    row.version += 1;
    checks.finish()?;
    Ok(row)
}
