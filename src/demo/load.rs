//! From the demo's data to a dealer's rows, through the same use cases that
//! serve the API.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::data::{CATEGORIES, DemoCustomer, DemoDealer, DemoProduct, DemoUnit, DemoWarehouse};
use crate::dealer::catalog::categories::input::CategoryCreateInput;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::categories::service as categories;
use crate::dealer::catalog::products::input::{ProductCreateInput, ProductUnitInput};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::products::{query as product_rows, service as products};
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::catalog::units::query as unit_rows;
use crate::dealer::customers::model::{CustomerId, CustomerRow, JobId, JobRow};
use crate::dealer::customers::query as customer_rows;
use crate::dealer::stock::model::StockLevelRow;
use crate::dealer::stock::query as stock_rows;
use crate::dealer::stock::warehouses::input::WarehouseCreateInput;
use crate::dealer::stock::warehouses::service as warehouses;
use crate::error::{AppError, AppResult, ServiceResult};
use crate::graphql::scalars::Decimal as Price;
use crate::tenancy::TenantTx;

/// Ids of what was made, by code.
struct Made {
    units: HashMap<String, UnitId>,
    categories: HashMap<&'static str, CategoryId>,
    products: HashMap<&'static str, ProductId>,
}

/// Whether the dealer has no products yet.
pub(super) async fn is_empty(tx: &mut TenantTx) -> AppResult<bool> {
    Ok(product_rows::count(tx, None).await? == 0)
}

/// Fills an empty shop.
pub(super) async fn fill(tx: &mut TenantTx, demo: &DemoDealer) -> ServiceResult<()> {
    let mut made = Made {
        units: units(tx, demo).await?,
        categories: HashMap::new(),
        products: HashMap::new(),
    };
    for category in CATEGORIES {
        let input = CategoryCreateInput {
            idempotency_key: None,
            code: category.code.to_owned(),
            name: category.name.to_owned(),
            parent_id: match category.parent {
                Some(parent) => Some(found(&made.categories, parent)?),
                None => None,
            },
        };
        let row = categories::create(tx, input).await?;
        made.categories.insert(category.code, row.id);
    }
    for product in demo.products() {
        let row = products::create(tx, product_input(demo, product, &made)?).await?;
        made.products.insert(product.sku, row.id);
    }
    for warehouse in demo.warehouses {
        fill_warehouse(tx, warehouse, &made).await?;
    }
    fill_customers(tx, demo.customers).await
}

async fn units(tx: &mut TenantTx, demo: &DemoDealer) -> AppResult<HashMap<String, UnitId>> {
    let mut codes: Vec<String> = demo
        .products()
        .flat_map(|product| {
            product
                .units
                .iter()
                .map(|unit| unit.unit)
                .chain([product.base_unit])
        })
        .map(str::to_owned)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let rows = unit_rows::find_many_by_code(tx, &codes).await?;
    Ok(rows.into_iter().map(|row| (row.code, row.id)).collect())
}

fn product_input(
    demo: &DemoDealer,
    product: &DemoProduct,
    made: &Made,
) -> AppResult<ProductCreateInput> {
    let base = DemoUnit {
        unit: product.base_unit,
        num: 1,
        den: 1,
        barcode: product.barcode,
    };
    let units = std::iter::once(&base).chain(product.units).map(|unit| {
        Ok(ProductUnitInput {
            unit_id: found(&made.units, unit.unit)?,
            num: unit.num,
            den: unit.den,
            barcode: unit.barcode.map(|item| demo.barcode(item)),
        })
    });
    let price = demo.list_price(product).map_err(AppError::internal)?;
    Ok(ProductCreateInput {
        idempotency_key: None,
        sku: product.sku.to_owned(),
        name: product.name.to_owned(),
        description: Some(product.description.to_owned()),
        kind: product.kind,
        category_id: Some(found(&made.categories, product.category)?),
        base_unit_id: found(&made.units, product.base_unit)?,
        list_price: Price(price),
        units: units.collect::<AppResult<_>>()?,
    })
}

async fn fill_warehouse(tx: &mut TenantTx, demo: &DemoWarehouse, made: &Made) -> ServiceResult<()> {
    let input = WarehouseCreateInput {
        idempotency_key: None,
        code: demo.code.to_owned(),
        name: demo.name.to_owned(),
        kind: demo.kind,
    };
    let warehouse = warehouses::create(tx, input).await?;
    let updated_at = tx.now();
    let level = |stock: &super::data::DemoStock| {
        Ok(StockLevelRow {
            product_id: found(&made.products, stock.sku)?,
            warehouse_id: warehouse.id,
            on_hand: decimal(stock.on_hand)?,
            reserved: Decimal::ZERO,
            updated_at,
        })
    };
    let levels: AppResult<Vec<_>> = demo.stock.iter().map(level).collect();
    stock_rows::insert_many(tx, levels?).await?;
    Ok(())
}

async fn fill_customers(tx: &mut TenantTx, demo: &[DemoCustomer]) -> ServiceResult<()> {
    let now = tx.now();
    let (mut customers, mut jobs) = (Vec::new(), Vec::new());
    for customer in demo {
        let id = CustomerId::generate();
        customers.push(CustomerRow {
            id,
            code: customer.code.to_owned(),
            name: customer.name.to_owned(),
            tax_id: customer.tax_id.map(str::to_owned),
            terms_days: customer.terms_days,
            credit_limit: decimal(customer.credit_limit)?,
            archived_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        });
        jobs.extend(customer.jobs.iter().map(|job| JobRow {
            id: JobId::generate(),
            customer_id: id,
            code: job.code.to_owned(),
            name: job.name.to_owned(),
            address_line: job.address_line.to_owned(),
            city: job.city.to_owned(),
            po_number: job.po_number.map(str::to_owned),
            status: job.status,
            version: 1,
            created_at: now,
            updated_at: now,
        }));
    }
    customer_rows::insert_many(tx, customers).await?;
    customer_rows::insert_jobs(tx, jobs).await?;
    Ok(())
}

fn found<K, I>(ids: &HashMap<K, I>, code: &str) -> AppResult<I>
where
    K: std::borrow::Borrow<str> + std::hash::Hash + Eq,
    I: Copy,
{
    let id = ids.get(code).copied();
    id.ok_or_else(|| AppError::internal(format!("the demo names {code}, which it does not make")))
}

fn decimal(text: &str) -> AppResult<Decimal> {
    text.parse()
        .map_err(|error: rust_decimal::Error| AppError::internal(error))
}
