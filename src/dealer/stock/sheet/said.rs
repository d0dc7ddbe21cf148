//! What a line says of a stock level.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::dealer::bulk::cell::Cells;
use crate::dealer::bulk::may::May;
use crate::dealer::bulk::sheets::{Refused, decimal, texts};
use crate::dealer::catalog::products::loader::ProductBySku;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::Measures;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::catalog::units::loader::UnitByCode;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::stock::adjust::input::AdjustmentReason;
use crate::dealer::stock::adjust::service::{Head, check_cost, checked_note};
use crate::dealer::stock::ledger::input::StockDirection;
use crate::dealer::stock::ledger::posting::Place;
use crate::dealer::stock::lots::naming::{Naming, StockLotInput};
use crate::dealer::stock::warehouses::model::WarehouseRow;
use crate::dealer::stock::warehouses::service::by_code;
use crate::error::{AppResult, ErrorCode};
use crate::graphql::loader::LoaderKey;
use crate::graphql::permit::Permission;
use crate::graphql::scalars::Decimal as Number;
use crate::kernel::checks::Checks;
use crate::kernel::quantity::Rounding;
use crate::tenancy::TenantTx;

/// What the lines of a batch name, as far as it is there.
pub(super) struct Catalogue {
    products: HashMap<String, ProductId>,
    warehouses: HashMap<String, WarehouseRow>,
    units: HashMap<String, UnitId>,
    measures: Measures,
    may: May,
}

/// What a line says.
pub(super) struct Said<'c> {
    pub(super) product: ProductId,
    pub(super) warehouse: &'c WarehouseRow,
    pub(super) amount: Amount,
    /// The column that says how much.
    pub(super) column: &'static str,
    /// Per base unit of what comes.
    pub(super) cost: Option<Decimal>,
    pub(super) head: Head,
    /// Of which lot what comes or goes is.
    pub(super) lot: Naming,
}

/// How much, in base units.
#[derive(Clone, Copy, Debug)]
pub(super) enum Amount {
    /// So much is there.
    Level(Decimal),
    /// So much comes; below zero, goes.
    Change(Decimal),
}

impl Catalogue {
    /// Looks up what these lines name, each kind in one statement.
    pub(super) async fn load(tx: &mut TenantTx, may: May, lines: &[&Cells]) -> AppResult<Self> {
        let texts = |column: &str| texts(lines, column).into_iter();
        let skus: Vec<_> = texts("sku").map(ProductBySku).collect();
        let codes: Vec<_> = texts("warehouse").collect();
        let units: Vec<_> = texts("unit").map(UnitByCode).collect();
        let products = ProductBySku::load_batch(tx, &skus).await?;
        let warehouses = by_code(tx, &codes).await?;
        let units = if units.is_empty() {
            HashMap::new()
        } else {
            UnitByCode::load_batch(tx, &units).await?
        };
        let ids: Vec<_> = products.values().map(|row| row.id).collect();
        let ids_by_sku = products.into_iter().map(|(key, row)| (key.0, row.id));
        Ok(Self {
            products: ids_by_sku.collect(),
            warehouses: warehouses
                .into_iter()
                .map(|row| (row.code.clone(), row))
                .collect(),
            units: units
                .into_iter()
                .map(|(key, row)| (key.0, row.id))
                .collect(),
            measures: Measures::of(tx, &ids).await?,
            may,
        })
    }

    /// What a line says, checked as far as that goes without the level.
    pub(super) fn read(&self, cells: &Cells) -> Result<Said<'_>, Refused> {
        let needed = |column| cells.filled(column).ok_or_else(|| Refused::missing(column));
        let unknown =
            |column, message: &str| Refused::at(ErrorCode::NotFound, column, message.to_owned());
        let product = self.products.get(needed("sku")?).copied();
        let product = product.ok_or_else(|| unknown("sku", "there is no product with this SKU"))?;
        let warehouse = self
            .warehouses
            .get(needed("warehouse")?)
            .ok_or_else(|| unknown("warehouse", "there is no warehouse with this code"))?;
        let unit = cells.filled("unit").map(|code| {
            let unit = self.units.get(code).copied();
            unit.ok_or_else(|| unknown("unit", "there is no unit with this code"))
        });
        let (column, value) = value(cells)?;
        let base = self.base(product, (value, unit.transpose()?), column)?;
        let amount = match column {
            ON_HAND => Amount::Level(base),
            _ => Amount::Change(base),
        };
        let cost = self.cost(cells, amount)?;
        Ok(Said {
            product,
            warehouse,
            amount,
            column,
            cost,
            head: head(cells, warehouse)?,
            lot: lot(cells)?,
        })
    }

    fn base(
        &self,
        product: ProductId,
        (value, unit): (Decimal, Option<UnitId>),
        column: &str,
    ) -> Result<Decimal, Refused> {
        let quantity = QuantityInput {
            value: Number(value),
            unit_id: unit,
            rounding: Rounding::Refuse,
        };
        let base = self
            .measures
            .balance((product, &["input", "sku"]), (&quantity, &["input"]));
        let names = [("value", column), ("unitId", "unit")];
        base.map_err(|error| Refused::unwritten(error).renamed(&names))
    }

    fn cost(&self, cells: &Cells, amount: Amount) -> Result<Option<Decimal>, Refused> {
        let Some(cost) = decimal(cells, "unitCost")? else {
            return Ok(None);
        };
        self.may.check("unitCost", Permission::CostRead)?;
        // Which way goods go to a level is not for the line to know.
        let goes = matches!(amount, Amount::Change(change) if change < Decimal::ZERO);
        let way = if goes {
            StockDirection::Out
        } else {
            StockDirection::In
        };
        let mut checks = Checks::default();
        check_cost(&mut checks, &["input", "unitCost"], (cost, way));
        checks.finish().map_err(Refused::unwritten)?;
        Ok(Some(cost))
    }
}

impl Said<'_> {
    /// What it is about.
    pub(super) const fn place(&self) -> Place {
        (self.product, self.warehouse.id)
    }
}

const ON_HAND: &str = "onHand";
const CHANGE: &str = "change";

/// The one column that says how much, and what it says.
fn value(cells: &Cells) -> Result<(&'static str, Decimal), Refused> {
    match (decimal(cells, ON_HAND)?, decimal(cells, CHANGE)?) {
        (Some(value), None) => Ok((ON_HAND, value)),
        (None, Some(value)) => Ok((CHANGE, value)),
        _ => {
            let message = "exactly one of onHand and change is needed";
            Err(Refused::at(ErrorCode::BadUserInput, ON_HAND, message))
        }
    }
}

/// The lot that a line names.
fn lot(cells: &Cells) -> Result<Naming, Refused> {
    let day = cells.filled("expiresOn").map(|text| {
        let message = "must be a day such as 2026-12-31";
        text.parse::<NaiveDate>()
            .map_err(|_| Refused::at(ErrorCode::BadUserInput, "expiresOn", message))
    });
    let expires_on = day.transpose()?;
    let path = || ["input", "lot"].map(str::to_owned).into();
    let Some(code) = cells.filled("lot") else {
        if expires_on.is_some() {
            return Err(Refused::missing("lot"));
        }
        return Ok(Naming {
            path: path(),
            lots: Vec::new(),
        });
    };
    let input = StockLotInput {
        code: code.to_owned(),
        expires_on,
    };
    let mut checks = Checks::default();
    let lot = input.checked(&mut checks, &["input"]);
    let checked = checks.finish().map_err(Refused::unwritten);
    checked.map_err(|refused| refused.renamed(&[("code", "lot")]))?;
    Ok(Naming {
        path: path(),
        lots: vec![lot],
    })
}

fn head(cells: &Cells, warehouse: &WarehouseRow) -> Result<Head, Refused> {
    let reason = match cells.filled("reason") {
        None => AdjustmentReason::Correction,
        Some(text) => AdjustmentReason::from_text(text).ok_or_else(|| {
            let message = "must be DAMAGE, LOSS, FOUND, OWN_USE, CORRECTION or OPENING";
            Refused::at(ErrorCode::BadUserInput, "reason", message)
        })?,
    };
    let mut checks = Checks::default();
    let note = checked_note(&mut checks, cells.get("note"));
    checks.finish().map_err(Refused::unwritten)?;
    Ok(Head {
        warehouse: warehouse.id,
        reason,
        note,
    })
}
