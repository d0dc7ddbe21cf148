//! Whether a rule makes sense, before the database is asked.

use rust_decimal::Decimal;

use super::input::PriceRuleUpsertInput;
use super::model::PriceMethod;
use crate::dealer::catalog::products::loader::UnitsByProduct;
use crate::dealer::catalog::products::service::keep_units;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::graphql::loader::LoaderKey;
use crate::kernel::checks::Checks;
use crate::kernel::quantity::MOST_DECIMALS;
use crate::tenancy::TenantTx;

/// The most a price may be above the cost, in percent.
const MOST_MARKUP: Decimal = Decimal::from_parts(100_000, 0, 0, false, 0);

/// Notes all faults of the input that show without the database.
pub(super) fn check(checks: &mut Checks, input: &PriceRuleUpsertInput) {
    check_holder(checks, input);
    check_units(checks, input);
    check_value(checks, input);
    if let Some(quantity) = input.min_quantity {
        let path = ["input", "minQuantity"];
        let is_fine = quantity.0.normalize().scale() <= MOST_DECIMALS;
        checks.require(is_fine, &path, "may have at most 6 decimals");
        checks.amount(&path, quantity.0.trunc());
    }
}

fn check_holder(checks: &mut Checks, input: &PriceRuleUpsertInput) {
    let holders = [
        input.price_list_id.is_some(),
        input.customer_id.is_some(),
        input.job_id.is_some(),
    ];
    let holders = holders.into_iter().filter(|named| *named).count();
    let message = "name at most one of priceListId, customerId and jobId";
    checks.require(holders <= 1, &["input", "priceListId"], message);
    let has_product = input.product_id.is_some();
    let message = "name exactly one of productId and categoryId";
    let is_one = has_product != input.category_id.is_some();
    checks.require(is_one, &["input", "productId"], message);
    let message = "name whose price it is, or change the product's list price";
    let is_somebodys = holders > 0 || !has_product;
    checks.require(is_somebodys, &["input", "priceListId"], message);
}

fn check_units(checks: &mut Checks, input: &PriceRuleUpsertInput) {
    let is_fixed = input.method == PriceMethod::Fixed;
    let path = ["input", "unitId"];
    let fits = is_fixed || input.unit_id.is_none();
    checks.require(fits, &path, "only a FIXED price is for one of a unit");
    // The products of a category have no base unit in common.
    if input.product_id.is_some() || input.category_id.is_none() {
        return;
    }
    let is_known = !is_fixed || input.unit_id.is_some();
    checks.require(is_known, &path, "is needed for a FIXED price of a category");
    let has_minimum = input.min_quantity.is_some_and(|least| !least.0.is_zero());
    let is_known = !has_minimum || input.min_unit_id.is_some();
    let path = ["input", "minUnitId"];
    checks.require(is_known, &path, "is needed for a minimum in a category");
}

fn check_value(checks: &mut Checks, input: &PriceRuleUpsertInput) {
    let path = ["input", "value"];
    let value = checks.amount(&path, input.value.0);
    match input.method {
        PriceMethod::Fixed => {}
        PriceMethod::ListMinus => {
            let fits = value <= Decimal::ONE_HUNDRED;
            checks.require(fits, &path, "must be at most 100 percent");
        }
        PriceMethod::CostPlus => {
            let fits = value <= MOST_MARKUP;
            checks.require(fits, &path, "must be at most 100000 percent");
        }
    }
}

/// Refuses units in which the product is not measured.
pub(super) async fn check_measured(
    tx: &mut TenantTx,
    input: &PriceRuleUpsertInput,
) -> ServiceResult<()> {
    let Some(product) = input.product_id else {
        return Ok(());
    };
    let wanted = [("unitId", input.unit_id), ("minUnitId", input.min_unit_id)];
    if wanted.iter().all(|(_, unit)| unit.is_none()) {
        return Ok(());
    }
    keep_units(tx, product).await?;
    let key = UnitsByProduct(product);
    let found = UnitsByProduct::load_batch(tx, &[key]).await;
    let units = found.map(|mut units| units.remove(&key).unwrap_or_default())?;
    let unknown = wanted.iter().find(|(_, unit)| {
        unit.is_some_and(|unit| !units.iter().any(|known| known.unit_id == unit))
    });
    match unknown {
        None => Ok(()),
        Some((field, _)) => Err(not_found(field, "the product is not measured in this unit")),
    }
}

/// A refusal of what a field names.
pub(super) fn not_found(field: &str, message: &str) -> Refusal {
    UserError::at(ErrorCode::NotFound, &["input", field], message).into()
}

/// The same where there is nothing to give.
pub(super) fn found(is_there: AppResult<bool>, field: &str, message: &str) -> ServiceResult<()> {
    if is_there? {
        Ok(())
    } else {
        Err(not_found(field, message))
    }
}
