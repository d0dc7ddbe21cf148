//! Of which lots a line of a receipt is.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::input::GoodsReceiveLotInput;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::Measures;
use crate::dealer::stock::lots::naming::{NamedLot, Naming};
use crate::error::{ErrorCode, UserError};
use crate::kernel::checks::Checks;

/// Most lots of a line.
const MOST_LOTS: usize = 50;

/// Notes what is wrong with the lots at `path` by themselves.
pub(super) fn check(checks: &mut Checks, path: &[&str], lots: &[GoodsReceiveLotInput]) {
    checks.require(lots.len() <= MOST_LOTS, path, "may have at most 50 entries");
    let mut known = BTreeSet::new();
    for (index, one) in lots.iter().take(MOST_LOTS).enumerate() {
        let index = index.to_string();
        let lot = one
            .lot
            .checked(checks, &[path, &[index.as_str(), "lot"]].concat());
        let path = [path, &[index.as_str(), "lot", "code"]].concat();
        checks.require(known.insert(lot.code), &path, "is listed twice");
    }
}

/// The lots at `path` of a line of which so much came, in base units.
pub(super) fn named(
    (lots, path): (&[GoodsReceiveLotInput], &[&str]),
    ((product, product_path), came): ((ProductId, &[&str]), Decimal),
    measures: &Measures,
) -> Result<Naming, UserError> {
    let mut naming = Naming {
        path: path.iter().map(|part| (*part).to_owned()).collect(),
        lots: Vec::new(),
    };
    for (index, one) in lots.iter().enumerate() {
        let index = index.to_string();
        let at_quantity = [path, &[index.as_str(), "quantity"]].concat();
        let quantity = match &one.quantity {
            Some(quantity) => {
                let product = (product, product_path);
                let asked = measures.kept(product, (quantity, &at_quantity))?;
                Some(asked.amount.base)
            }
            None if lots.len() == 1 => None,
            None => {
                let message = "is needed where there are several lots";
                return Err(UserError::at(
                    ErrorCode::BadUserInput,
                    &at_quantity,
                    message,
                ));
            }
        };
        // Its own faults were noted before.
        let lot = one.lot.checked(&mut Checks::default(), &[]);
        naming.lots.push(NamedLot { quantity, ..lot });
    }
    let said = naming.lots.iter().map(|lot| lot.quantity.unwrap_or(came));
    let said: Decimal = said.sum();
    if lots.is_empty() || said == came {
        return Ok(naming);
    }
    let (said, came) = (said.normalize(), came.normalize());
    let message = format!("are {said} of the base unit together, and {came} came");
    Err(UserError::at(ErrorCode::BadUserInput, path, message))
}
