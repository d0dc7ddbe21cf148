//! What is to be done about each row: looked up for all of them at once, and decided one by
//! one.

use std::collections::{HashMap, HashSet};

use async_graphql::MaybeUndefined;
use chrono::{DateTime, Utc};

use super::graphql::UpsertOutcome;
use super::input::ProductUpsertRow;
use crate::dealer::catalog::attributes::values::asked::Values;
use crate::dealer::catalog::categories::loader::CategoryByCode;
use crate::dealer::catalog::categories::model::CategoryRow;
use crate::dealer::catalog::categories::service::ARCHIVED;
use crate::dealer::catalog::products::many;
use crate::dealer::catalog::products::model::{ProductId, ProductKind, ProductRow};
use crate::dealer::catalog::products::service::description;
use crate::dealer::catalog::products::units::Wanted;
use crate::dealer::catalog::units::loader::{UnitByCode, UnitById};
use crate::dealer::catalog::units::model::UnitId;
use crate::error::{AppResult, ErrorCode, Refusal, UserError};
use crate::graphql::loader::LoaderKey;
use crate::graphql::payload::given;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// What the rows name, as far as it is there.
pub(super) struct Named {
    products: HashMap<String, ProductRow>,
    in_stock: HashSet<ProductId>,
    categories: HashMap<String, CategoryRow>,
    units: HashMap<String, UnitId>,
    unit_ids: HashSet<UnitId>,
    /// SKUs of rows before.
    seen: HashSet<String>,
    now: DateTime<Utc>,
}

/// What is to be done about a row that is right.
pub(super) struct Planned {
    pub(super) outcome: UpsertOutcome,
    /// The product as it will be.
    pub(super) row: ProductRow,
    pub(super) units: Wanted,
    /// Whether its words may be new.
    pub(super) is_named: bool,
    /// Whether it comes into a category.
    pub(super) is_moved: bool,
    /// What is to be written of what it is.
    pub(super) values: Values,
}

/// What is wrong with a row.
#[derive(Default)]
struct Faults {
    checks: Checks,
    others: Vec<UserError>,
}

impl Faults {
    fn add(&mut self, code: ErrorCode, path: &[&str], message: &str) {
        self.others.push(UserError::at(code, path, message));
    }

    fn finish(self) -> Result<(), Vec<UserError>> {
        let mut all = match self.checks.finish().map_err(Refusal::from) {
            Err(Refusal::User(errors)) => errors,
            _ => Vec::new(),
        };
        all.extend(self.others);
        if all.is_empty() { Ok(()) } else { Err(all) }
    }
}

impl Named {
    /// Looks up what these rows name, each kind in one statement. The products are locked.
    pub(super) async fn load(tx: &mut TenantTx, rows: &[ProductUpsertRow]) -> AppResult<Self> {
        let skus = rows.iter().map(|row| row.sku.trim().to_owned()).collect();
        let products = many::lock(tx, skus).await?;
        let moved = products.iter().map(|row| row.id);
        let asks_kind = rows.iter().any(|row| row.kind.is_some());
        let in_stock = if asks_kind && !products.is_empty() {
            many::in_stock(tx, moved.collect()).await?
        } else {
            HashSet::new()
        };
        let categories = rows.iter().filter_map(|row| row.category.as_opt_ref()?);
        let categories = found(tx, categories.map(|code| CategoryByCode(code.clone()))).await?;
        let codes = rows.iter().filter_map(|row| row.base_unit.clone());
        let units = found(tx, codes.map(UnitByCode)).await?;
        let listed = rows.iter().flat_map(|row| row.units.iter().flatten());
        let unit_ids = found(tx, listed.map(|unit| UnitById(unit.unit_id))).await?;
        Ok(Self {
            products: products
                .into_iter()
                .map(|row| (row.sku.clone(), row))
                .collect(),
            in_stock,
            categories: categories
                .into_iter()
                .map(|(key, row)| (key.0, row))
                .collect(),
            units: units
                .into_iter()
                .map(|(key, row)| (key.0, row.id))
                .collect(),
            unit_ids: unit_ids.into_keys().map(|key| key.0).collect(),
            seen: HashSet::new(),
            now: tx.now(),
        })
    }

    /// What is to be done about the row at this place.
    pub(super) fn plan(
        &mut self,
        tx: &TenantTx,
        (place, row): (usize, &ProductUpsertRow),
    ) -> Result<Planned, Vec<UserError>> {
        let place = place.to_string();
        let path = ["input", "rows", place.as_str()];
        let at = |field| [path.as_slice(), &[field]].concat();
        let mut faults = Faults::default();
        let sku = faults.checks.code(&at("sku"), &row.sku);
        let is_first = self.seen.insert(sku.clone());
        faults
            .checks
            .require(is_first, &at("sku"), "is listed twice");
        let before = self.products.get(&sku);
        let mut after = self.base((before, sku), (row, &path), &mut faults);
        self.change(&mut after, row, &path, &mut faults);
        let (wanted, has_units) = self.units(tx, &after, (row, &path), &mut faults);
        faults.finish()?;
        let says_more = has_units || row.attributes.is_some();
        let outcome = match before {
            None => UpsertOutcome::Created,
            Some(before) if !says_more && is_same(before, &after) => UpsertOutcome::Unchanged,
            Some(_) => {
                after.version = after.version.saturating_add(1);
                after.updated_at = self.now;
                UpsertOutcome::Updated
            }
        };
        Ok(Planned {
            is_named: before.is_none_or(|before| before.name != after.name),
            is_moved: before.and_then(|before| before.category_id) != after.category_id,
            values: Values::default(),
            outcome,
            row: after,
            units: wanted,
        })
    }

    /// The product that is there, or a new one; its base unit as the row says.
    fn base(
        &self,
        (before, sku): (Option<&ProductRow>, String),
        (row, path): (&ProductUpsertRow, &[&str]),
        faults: &mut Faults,
    ) -> ProductRow {
        let at = |field| [path, &[field]].concat();
        let unit = row.base_unit.as_deref().map(|code| {
            let unit = self.units.get(code).copied();
            if unit.is_none() {
                let message = "there is no unit with this code";
                faults.add(ErrorCode::NotFound, &at("baseUnit"), message);
            }
            unit
        });
        if let Some(before) = before {
            if unit
                .flatten()
                .is_some_and(|unit| unit != before.base_unit_id)
            {
                let message = "can not be changed";
                faults.add(ErrorCode::NotAllowed, &at("baseUnit"), message);
            }
            return before.clone();
        }
        for (field, is_given) in [
            ("name", row.name.is_some()),
            ("baseUnit", unit.is_some()),
            ("listPrice", row.list_price.is_some()),
        ] {
            faults
                .checks
                .require(is_given, &at(field), "is needed for a new product");
        }
        let now = self.now;
        ProductRow {
            id: ProductId::generate(),
            sku,
            name: String::new(),
            description: None,
            kind: ProductKind::Stock,
            category_id: None,
            base_unit_id: unit
                .flatten()
                .unwrap_or_else(|| UnitId::from_uuid(uuid::Uuid::nil())),
            list_price: rust_decimal::Decimal::ZERO,
            archived_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// What the row says of the product besides.
    fn change(
        &self,
        product: &mut ProductRow,
        row: &ProductUpsertRow,
        path: &[&str],
        faults: &mut Faults,
    ) {
        let at = |field| [path, &[field]].concat();
        if let Some(name) = &row.name {
            product.name = faults.checks.text(&at("name"), name, 1, 200);
        }
        if let Some(text) = given(row.description.clone()) {
            product.description =
                description(&mut faults.checks, &at("description"), text.as_deref());
        }
        if let Some(price) = row.list_price {
            product.list_price = faults.checks.amount(&at("listPrice"), price.0);
        }
        if let Some(kind) = row.kind.filter(|kind| *kind != product.kind) {
            if self.in_stock.contains(&product.id) {
                let message = "has been in stock: its kind can not be changed any more";
                faults.add(ErrorCode::NotAllowed, &at("kind"), message);
            }
            product.kind = kind;
        }
        match &row.category {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => product.category_id = None,
            MaybeUndefined::Value(code) => {
                let category = self.categories.get(code);
                let (there, at) = (product.category_id, at("category"));
                product.category_id = category.map(|row| row.id);
                match category {
                    None => {
                        let message = "there is no category with this code";
                        faults.add(ErrorCode::NotFound, &at, message);
                    }
                    Some(row) if row.archived_at.is_some() && there != Some(row.id) => {
                        faults.add(ErrorCode::NotAllowed, &at, ARCHIVED);
                    }
                    Some(_) => {}
                }
            }
        }
    }

    /// The units as they are to be; whether the row says something of them.
    fn units(
        &self,
        tx: &TenantTx,
        product: &ProductRow,
        (row, path): (&ProductUpsertRow, &[&str]),
        faults: &mut Faults,
    ) -> (Wanted, bool) {
        let mut wanted = Wanted::default();
        let is_new = !self.products.contains_key(&product.sku);
        let units = row.units.as_deref();
        if units.is_none() && !is_new {
            return (wanted, false);
        }
        let units = units.unwrap_or_default();
        let path = [path, &["units"]].concat();
        for (index, unit) in units.iter().enumerate() {
            if !self.unit_ids.contains(&unit.unit_id) {
                let position = index.to_string();
                let at = [path.as_slice(), &[position.as_str(), "unitId"]].concat();
                faults.add(ErrorCode::NotFound, &at, "there is no such unit");
            }
        }
        let which = (product.id, product.base_unit_id);
        wanted.add((tx, &mut faults.checks), which, units, &path);
        (wanted, true)
    }
}

/// What stands behind these keys; no statement if there are none.
async fn found<K: LoaderKey>(
    tx: &mut TenantTx,
    keys: impl Iterator<Item = K>,
) -> AppResult<HashMap<K, K::Value>> {
    let keys: HashSet<K> = keys.collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<K> = keys.into_iter().collect();
    K::load_batch(tx, &keys).await
}

fn is_same(before: &ProductRow, after: &ProductRow) -> bool {
    let facts = |row: &ProductRow| {
        (
            row.name.clone(),
            row.description.clone(),
            row.kind,
            row.category_id,
            row.list_price,
        )
    };
    facts(before) == facts(after)
}
