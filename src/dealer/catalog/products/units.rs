//! The units of products as an input wants them: checked, compared with those there are, and
//! written for any number of products at once.

use std::collections::{HashMap, HashSet};

use super::input::ProductUnitInput;
use super::model::{ProductId, ProductUnitRow};
use super::query;
use crate::dealer::catalog::barcodes::model::BarcodeRow;
use crate::dealer::catalog::barcodes::service as barcodes;
use crate::dealer::catalog::units::loader::UnitById;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::prices::rules::service::needed_units;
use crate::dealer::purchasing::items::service::said_units;
use crate::error::{Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::graphql::loader::LoaderKey;
use crate::kernel::checks::Checks;
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// Most units of one product.
const MAX_UNITS: usize = 20;

/// Units of products as they are to be.
#[derive(Debug, Default)]
pub struct Wanted {
    units: Vec<ProductUnitRow>,
    barcodes: Vec<BarcodeRow>,
    /// Those that have these barcodes and no others.
    exact: HashSet<(ProductId, UnitId)>,
}

impl Wanted {
    /// Adds the units of a product by an input at `path`, the base unit among them, factors
    /// in lowest terms.
    pub fn add(
        &mut self,
        (tx, checks): (&TenantTx, &mut Checks),
        (product, base): (ProductId, UnitId),
        units: &[ProductUnitInput],
        path: &[&str],
    ) {
        checks.require(units.len() <= MAX_UNITS, path, "may have at most 20 units");
        let mut seen = HashSet::new();
        for (index, unit) in units.iter().take(MAX_UNITS).enumerate() {
            let position = index.to_string();
            let path = [path, &[position.as_str()]].concat();
            let at = |field| [path.as_slice(), &[field]].concat();
            checks.require(seen.insert(unit.unit_id), &at("unitId"), "is listed twice");
            let factor = factor(checks, unit, &at("num"));
            let is_wrong_base = unit.unit_id == base && factor != Ratio::ONE;
            checks.require(!is_wrong_base, &at("num"), "the base unit has factor 1");
            self.units.push(row((product, unit.unit_id), factor));
            self.add_barcodes((tx, checks), (product, unit), &path);
        }
        if !seen.contains(&base) {
            self.units.push(row((product, base), Ratio::ONE));
        }
    }

    fn add_barcodes(
        &mut self,
        (tx, checks): (&TenantTx, &mut Checks),
        (product, unit): (ProductId, &ProductUnitInput),
        path: &[&str],
    ) {
        let on = (product, unit.unit_id);
        let mut add = |checks: &mut Checks, path: &[&str], text: &str| {
            let barcode = barcodes::checked(checks, path, text);
            let new = barcodes::row(tx, on, barcode);
            let twice = self.barcodes.iter().any(|row| row.scanned == new.scanned);
            checks.require(!twice, path, "is listed twice");
            self.barcodes.push(new);
        };
        let one = unit.barcode.as_deref();
        if let Some(text) = one.filter(|text| !text.trim().is_empty()) {
            add(checks, &[path, &["barcode"]].concat(), text);
        }
        let Some(all) = &unit.barcodes else { return };
        let path = [path, &["barcodes"]].concat();
        checks.require(
            all.len() <= barcodes::MOST,
            &path,
            "may have at most 20 barcodes",
        );
        for (index, text) in all.iter().take(barcodes::MOST).enumerate() {
            let position = index.to_string();
            add(
                checks,
                &[path.as_slice(), &[position.as_str()]].concat(),
                text,
            );
        }
        self.exact.insert(on);
    }

    /// What the barcodes are found by, and on which unit each is to be.
    pub fn scanned(&self) -> impl Iterator<Item = (&str, (ProductId, UnitId))> {
        let place = |row: &'_ BarcodeRow| (row.product_id, row.unit_id);
        self.barcodes
            .iter()
            .map(move |row| (row.scanned.as_str(), place(row)))
    }

    /// Takes what `other` wants, too.
    pub fn append(&mut self, other: Self) {
        self.units.extend(other.units);
        self.barcodes.extend(other.barcodes);
        self.exact.extend(other.exact);
    }

    /// Writes the units of products that are new.
    pub async fn write_new(self, tx: &mut TenantTx, known: &[Constraint]) -> ServiceResult<()> {
        if self.units.is_empty() {
            return Ok(());
        }
        query::put_units(tx, self.units)
            .await
            .map_err(on_constraint(known))?;
        if self.barcodes.is_empty() {
            return Ok(());
        }
        barcodes::write(tx, self.barcodes, &HashSet::new(), on_constraint(known)).await
    }

    /// Writes them in place of those there are, by an input at `path`. The products are locked.
    pub async fn write(
        self,
        tx: &mut TenantTx,
        known: &[Constraint],
        path: &[&str],
    ) -> ServiceResult<()> {
        if self.units.is_empty() {
            return Ok(());
        }
        let products: HashSet<_> = self.units.iter().map(|unit| unit.product_id).collect();
        let products: Vec<_> = products.into_iter().collect();
        let there = query::find_units(tx, &products).await?;
        let place = |unit: &ProductUnitRow| (unit.product_id, unit.unit_id);
        let goal: HashSet<_> = self.units.iter().map(place).collect();
        let gone = there.iter().map(place).filter(|unit| !goal.contains(unit));
        let gone: Vec<_> = gone.collect();
        if !gone.is_empty() {
            refuse_needed(tx, &gone, path).await?;
            query::delete_units(tx, &gone).await?;
        }
        let there: HashMap<_, _> = there
            .iter()
            .map(|unit| (place(unit), (unit.num, unit.den)))
            .collect();
        let changed = self.units.into_iter();
        let changed = changed.filter(|unit| there.get(&place(unit)) != Some(&(unit.num, unit.den)));
        let changed: Vec<_> = changed.collect();
        if !changed.is_empty() {
            query::put_units(tx, changed)
                .await
                .map_err(on_constraint(known))?;
        }
        barcodes::write(tx, self.barcodes, &self.exact, on_constraint(known)).await
    }
}

/// Refuses to take units from products whose price rules or supplier items need them.
async fn refuse_needed(
    tx: &mut TenantTx,
    gone: &[(ProductId, UnitId)],
    path: &[&str],
) -> ServiceResult<()> {
    let products: Vec<_> = gone.iter().map(|unit| unit.0).collect();
    let rules = needed_units(tx, products.clone()).await?;
    let items = said_units(tx, &products).await?;
    let needed = |whose: &HashSet<_>| gone.iter().find(|unit| whose.contains(*unit));
    let (whose, deed, (product, unit)) = match (needed(&rules), needed(&items)) {
        (Some(unit), _) => ("price rules", "end", unit),
        (None, Some(unit)) => ("supplier items", "change", unit),
        (None, None) => return Ok(()),
    };
    let key = UnitById(*unit);
    let unit = UnitById::load_batch(tx, &[key]).await?.remove(&key);
    let product = query::find_many(tx, &[*product]).await?.pop();
    let message = format!(
        "{whose} of {} use {}; {deed} them first",
        product.map(|row| row.sku).unwrap_or_default(),
        unit.map(|row| row.code).unwrap_or_default(),
    );
    Err(UserError::at(ErrorCode::NotAllowed, path, message).into())
}

fn factor(checks: &mut Checks, unit: &ProductUnitInput, path: &[&str]) -> Ratio {
    Ratio::new(unit.num, unit.den).unwrap_or_else(|error| {
        checks.fault(path, error.to_string());
        Ratio::ONE
    })
}

fn row((product_id, unit_id): (ProductId, UnitId), factor: Ratio) -> ProductUnitRow {
    ProductUnitRow {
        product_id,
        unit_id,
        num: factor.num(),
        den: factor.den(),
    }
}
