//! From the demo's data to a dealer's rows, through the same use cases that
//! serve the API.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::accounts::{self, Parties};
use super::data::{
    CATEGORIES, DemoCustomer, DemoDealer, DemoJob, DemoProduct, DemoUnit, DemoWarehouse,
};
use crate::dealer::catalog::categories::input::CategoryCreateInput;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::categories::service as categories;
use crate::dealer::catalog::products::input::{ProductCreateInput, ProductUnitInput};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::products::{query as product_rows, service as products};
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::catalog::units::query as unit_rows;
use crate::dealer::customers::jobs::model::{JobRow, JobStatus};
use crate::dealer::customers::jobs::query as job_rows;
use crate::dealer::customers::model::{CustomerId, CustomerRow};
use crate::dealer::customers::query as customer_rows;
use crate::dealer::stock::ledger::model::MovementKind;
use crate::dealer::stock::ledger::posting::{Change, Posting, post};
use crate::dealer::stock::warehouses::input::WarehouseCreateInput;
use crate::dealer::stock::warehouses::service as warehouses;
use crate::error::{AppError, AppResult, ServiceResult};
use crate::graphql::scalars::Decimal as Price;
use crate::tenancy::TenantTx;

/// Whether goods lie in the warehouses from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stock {
    /// They do.
    There,
    /// A history brings them.
    ToCome,
}

/// Ids of what was made, by code.
struct Made {
    units: HashMap<String, UnitId>,
    categories: HashMap<&'static str, CategoryId>,
    products: HashMap<&'static str, (ProductId, Decimal)>,
}

impl Made {
    /// A product and its list price.
    fn product(&self, sku: &str) -> AppResult<(ProductId, Decimal)> {
        found(&self.products, sku)
    }
}

/// Whether the dealer has no products yet.
pub(super) async fn is_empty(tx: &mut TenantTx) -> AppResult<bool> {
    Ok(product_rows::count(tx, None).await? == 0)
}

/// Fills an empty shop; without what lies in its warehouses, if that is brought by a history.
pub(super) async fn fill(tx: &mut TenantTx, demo: &DemoDealer, stock: Stock) -> ServiceResult<()> {
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
        made.products.insert(product.sku, (row.id, row.list_price));
    }
    for warehouse in demo.warehouses {
        fill_warehouse(tx, warehouse, &made, stock).await?;
    }
    let parties = fill_customers(tx, demo).await?;
    accounts::fill(tx, &demo.accounts, &parties).await
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
            barcodes: None,
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
        attributes: Vec::new(),
    })
}

async fn fill_warehouse(
    tx: &mut TenantTx,
    demo: &DemoWarehouse,
    made: &Made,
    stock: Stock,
) -> ServiceResult<()> {
    let input = WarehouseCreateInput {
        idempotency_key: None,
        code: demo.code.to_owned(),
        name: demo.name.to_owned(),
        kind: demo.kind,
    };
    let warehouse = warehouses::create(tx, input).await?;
    if stock == Stock::ToCome {
        return Ok(());
    }
    let opening = |stock: &super::data::DemoStock| {
        let product = made.product(stock.sku)?;
        let cost = (product.1 * cost_share()).round_dp(4);
        Ok(Posting {
            place: (product.0, warehouse.id),
            kind: MovementKind::Opening,
            change: Change::In(decimal(stock.on_hand)?, Some(cost)),
            source: None,
            reason: None,
            note: None,
            path: Vec::new(),
        })
    };
    let postings: AppResult<Vec<_>> = demo.stock.iter().map(opening).collect();
    post(tx, postings?).await?;
    Ok(())
}

/// What goods of the demo have cost, as a share of their list price.
fn cost_share() -> Decimal {
    Decimal::new(72, 2)
}

async fn fill_customers(tx: &mut TenantTx, demo: &DemoDealer) -> ServiceResult<Parties> {
    let now = tx.now();
    let mut parties = Parties::default();
    let (mut customers, mut jobs) = (Vec::new(), Vec::new());
    for customer in demo.customers {
        let new = CustomerRow::new(customer.code.to_owned(), customer.name.to_owned(), now);
        let holds = demo.accounts.holds.iter();
        let hold = holds.copied().find(|(code, _)| *code == customer.code);
        parties.customers.insert(customer.code, new.id);
        for job in customer.jobs {
            let row = job_row(demo, (customer, new.id), job, now)?;
            parties.jobs.insert((customer.code, job.code), row.id);
            jobs.push(row);
        }
        customers.push(CustomerRow {
            tax_id: customer.tax_id.map(str::to_owned),
            terms_days: customer.terms_days,
            credit_limit: decimal(customer.credit_limit)?,
            hold_reason: hold.map(|(_, reason)| reason.to_owned()),
            held_at: hold.map(|_| now),
            ..new
        });
    }
    customer_rows::insert_many(tx, customers).await?;
    job_rows::insert_many(tx, jobs).await?;
    Ok(parties)
}

fn job_row(
    demo: &DemoDealer,
    (customer, id): (&DemoCustomer, CustomerId),
    job: &DemoJob,
    now: DateTime<Utc>,
) -> AppResult<JobRow> {
    let mut limits = demo.accounts.job_limits.iter();
    let limit = limits.find(|(owner, code, _)| (*owner, *code) == (customer.code, job.code));
    let is_held = job.status == JobStatus::Hold;
    let names = (job.code.to_owned(), job.name.to_owned());
    let site = (job.address_line.to_owned(), job.city.to_owned());
    Ok(JobRow {
        po_number: job.po_number.map(str::to_owned),
        status: job.status,
        credit_limit: limit.map(|(_, _, limit)| decimal(limit)).transpose()?,
        hold_reason: is_held.then(|| "bills of this site are unpaid".to_owned()),
        held_at: is_held.then_some(now),
        ..JobRow::new(id, names, site, now)
    })
}

fn found<K, I>(ids: &HashMap<K, I>, code: &str) -> AppResult<I>
where
    K: std::borrow::Borrow<str> + std::hash::Hash + Eq,
    I: Copy,
{
    let id = ids.get(code).copied();
    id.ok_or_else(|| AppError::internal(format!("the demo names {code}, which it does not make")))
}

pub(super) fn decimal(text: &str) -> AppResult<Decimal> {
    text.parse()
        .map_err(|error: rust_decimal::Error| AppError::internal(error))
}
