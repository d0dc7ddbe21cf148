//! Products as lines of a file: written, and taken by the same use cases as a dashboard's
//! input.

use std::collections::HashMap;

use async_graphql::MaybeUndefined;
use uuid::Uuid;

use super::input::{ProductCreateInput, ProductUpdateInput};
use super::loader::ProductBySku;
use super::model::{ProductId, ProductKind, ProductRow};
use super::{query, service};
use crate::dealer::bulk::cell::{Cell, Cells};
use crate::dealer::bulk::sheets::{Refused, Taken, decimal, texts};
use crate::dealer::catalog::categories::loader::CategoryByCode;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::units::loader::UnitByCode;
use crate::dealer::catalog::units::model::UnitId;
use crate::error::{AppResult, ErrorCode};
use crate::graphql::loader::LoaderKey;
use crate::graphql::scalars::Decimal;
use crate::tenancy::TenantTx;

/// The columns of products.
pub const COLUMNS: &[&str] = &[
    "sku",
    "name",
    "description",
    "kind",
    "category",
    "baseUnit",
    "listPrice",
];
/// The columns of prices.
pub const PRICE_COLUMNS: &[&str] = &["sku", "listPrice"];

/// Products that are not archived, behind `after`, with their ids.
pub async fn page(
    tx: &mut TenantTx,
    after: Option<Uuid>,
    most: i64,
) -> AppResult<Vec<(Uuid, Vec<Cell>)>> {
    let rows = query::sheet(tx, after.map(ProductId::from_uuid), most).await?;
    let line = |(row, category, unit): (ProductRow, Option<String>, String)| {
        let cells = vec![
            Cell::Text(row.sku),
            Cell::Text(row.name),
            Cell::optional(row.description),
            Cell::Text(row.kind.as_str().to_owned()),
            Cell::optional(category),
            Cell::Text(unit),
            Cell::Number(row.list_price.normalize().to_string()),
        ];
        (row.id.uuid(), cells)
    };
    Ok(rows.into_iter().map(line).collect())
}

/// As [`page`], of prices.
pub async fn price_page(
    tx: &mut TenantTx,
    after: Option<Uuid>,
    most: i64,
) -> AppResult<Vec<(Uuid, Vec<Cell>)>> {
    let rows = query::sheet(tx, after.map(ProductId::from_uuid), most).await?;
    let line = |(row, _category, _unit): (ProductRow, Option<String>, String)| {
        let price = Cell::Number(row.list_price.normalize().to_string());
        (row.id.uuid(), vec![Cell::Text(row.sku), price])
    };
    Ok(rows.into_iter().map(line).collect())
}

/// What the lines of a batch name, as far as it is there.
#[derive(Default)]
pub struct Named {
    products: HashMap<String, ProductRow>,
    units: HashMap<String, UnitId>,
    categories: HashMap<String, CategoryId>,
}

impl Named {
    /// Looks up what these lines name, each kind in one statement.
    pub async fn load(tx: &mut TenantTx, lines: &[&Cells]) -> AppResult<Self> {
        let texts = |column: &str| texts(lines, column).into_iter();
        let skus: Vec<_> = texts("sku").map(ProductBySku).collect();
        let units: Vec<_> = texts("baseUnit").map(UnitByCode).collect();
        let categories: Vec<_> = texts("category").map(CategoryByCode).collect();
        let products = ProductBySku::load_batch(tx, &skus).await?;
        let mut named = Self {
            products: products
                .into_iter()
                .map(|(key, row)| (key.0, row))
                .collect(),
            ..Self::default()
        };
        if !units.is_empty() {
            let found = UnitByCode::load_batch(tx, &units).await?;
            named.units = found
                .into_iter()
                .map(|(key, row)| (key.0, row.id))
                .collect();
        }
        if !categories.is_empty() {
            let found = CategoryByCode::load_batch(tx, &categories).await?;
            let ids = found.into_iter().map(|(key, row)| (key.0, row.id));
            named.categories = ids.collect();
        }
        Ok(named)
    }
}

/// Fields of an input, and the columns that say them.
const COLUMN_NAMES: &[(&str, &str)] = &[("categoryId", "category"), ("baseUnitId", "baseUnit")];

/// Adds the product of a line, or changes the one with its SKU. Columns that are absent
/// change nothing.
pub async fn take(tx: &mut TenantTx, named: &mut Named, cells: &Cells) -> Result<Taken, Refused> {
    let sku = cells.get("sku").unwrap_or_default();
    let said = Said::read(cells, named)?;
    let (row, taken) = match named.products.get(sku) {
        Some(row) => match said.changes_of(row)? {
            None => return Ok(Taken::Unchanged),
            Some(changes) => (service::update(tx, changes).await, Taken::Updated),
        },
        None => (service::create(tx, said.create(sku)?).await, Taken::Created),
    };
    let row = row.map_err(|refusal| Refused::of(refusal).renamed(COLUMN_NAMES))?;
    named.products.insert(row.sku.clone(), row);
    Ok(taken)
}

/// Changes the list price of the product with the SKU of a line.
pub async fn take_price(
    tx: &mut TenantTx,
    named: &mut Named,
    cells: &Cells,
) -> Result<Taken, Refused> {
    let sku = cells.get("sku").unwrap_or_default();
    let missing = || {
        Refused::at(
            ErrorCode::NotFound,
            "sku",
            "there is no product with this SKU",
        )
    };
    let row = named.products.get(sku).ok_or_else(missing)?;
    let price = decimal(cells, "listPrice")?.ok_or_else(|| Refused::missing("listPrice"))?;
    if price == row.list_price {
        return Ok(Taken::Unchanged);
    }
    let changes = ProductUpdateInput {
        list_price: Some(Decimal(price)),
        ..unchanged(row)
    };
    let row = service::update(tx, changes).await.map_err(Refused::of)?;
    named.products.insert(row.sku.clone(), row);
    Ok(Taken::Updated)
}

/// What a line says of a product.
struct Said {
    name: Option<String>,
    description: Option<String>,
    kind: Option<ProductKind>,
    /// None where it says nothing; nothing where it says that there is none.
    category: Option<Option<CategoryId>>,
    base_unit: Option<UnitId>,
    list_price: Option<rust_decimal::Decimal>,
}

impl Said {
    fn read(cells: &Cells, named: &Named) -> Result<Self, Refused> {
        let given = |column: &str| cells.get(column).map(str::to_owned);
        let kind = cells.filled("kind").map(|text| {
            let message = "must be STOCK, SERVICE, SPECIAL_ORDER, DIRECT_DELIVERY or DEPOSIT";
            let kind = ProductKind::from_text(text);
            kind.ok_or_else(|| Refused::at(ErrorCode::BadUserInput, "kind", message))
        });
        let unit = cells.filled("baseUnit").map(|code| {
            let message = "there is no unit with this code";
            let unit = named.units.get(code).copied();
            unit.ok_or_else(|| Refused::at(ErrorCode::NotFound, "baseUnit", message))
        });
        let category = match cells.get("category") {
            None => None,
            Some("") => Some(None),
            Some(code) => {
                let message = "there is no category with this code";
                let found = named.categories.get(code).copied();
                Some(Some(found.ok_or_else(|| {
                    Refused::at(ErrorCode::NotFound, "category", message)
                })?))
            }
        };
        Ok(Self {
            name: given("name"),
            description: given("description"),
            kind: kind.transpose()?,
            category,
            base_unit: unit.transpose()?,
            list_price: decimal(cells, "listPrice")?,
        })
    }

    fn create(self, sku: &str) -> Result<ProductCreateInput, Refused> {
        Ok(ProductCreateInput {
            sku: sku.to_owned(),
            name: self.name.ok_or_else(|| Refused::missing("name"))?,
            description: self.description,
            kind: self.kind.unwrap_or(ProductKind::Stock),
            category_id: self.category.flatten(),
            base_unit_id: self.base_unit.ok_or_else(|| Refused::missing("baseUnit"))?,
            list_price: Decimal(
                self.list_price
                    .ok_or_else(|| Refused::missing("listPrice"))?,
            ),
            units: Vec::new(),
            attributes: Vec::new(),
            idempotency_key: None,
        })
    }

    /// None if the product is so already.
    fn changes_of(self, row: &ProductRow) -> Result<Option<ProductUpdateInput>, Refused> {
        let never = "can not be changed";
        if self.base_unit.is_some_and(|unit| unit != row.base_unit_id) {
            return Err(Refused::at(ErrorCode::NotAllowed, "baseUnit", never));
        }
        let name = self.name.filter(|name| *name != row.name);
        let text = row.description.as_deref().unwrap_or_default();
        let description = self.description.filter(|said| said != text);
        let category = self.category.filter(|said| *said != row.category_id);
        let price = self.list_price.filter(|price| *price != row.list_price);
        let kind = self.kind.filter(|kind| *kind != row.kind);
        let texts = name.is_none() && description.is_none();
        if texts && category.is_none() && price.is_none() && kind.is_none() {
            return Ok(None);
        }
        Ok(Some(ProductUpdateInput {
            name,
            description: description.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value),
            category_id: match category {
                None => MaybeUndefined::Undefined,
                Some(None) => MaybeUndefined::Null,
                Some(Some(id)) => MaybeUndefined::Value(id),
            },
            list_price: price.map(Decimal),
            kind,
            ..unchanged(row)
        }))
    }
}

fn unchanged(row: &ProductRow) -> ProductUpdateInput {
    ProductUpdateInput {
        id: row.id,
        expected_version: row.version,
        sku: None,
        name: None,
        description: MaybeUndefined::Undefined,
        kind: None,
        category_id: MaybeUndefined::Undefined,
        list_price: None,
        units: None,
        attributes: None,
        idempotency_key: None,
    }
}
