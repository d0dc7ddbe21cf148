//! Use cases of values.

use std::collections::{HashMap, HashSet};

use super::input::{AttributeValueInput, ProductAttributesSetInput};
use super::model::ValueRow;
use super::query;
use crate::dealer::catalog::attributes::model::{AttributeId, AttributeKind, AttributeRow};
use crate::dealer::catalog::attributes::service::held;
use crate::dealer::catalog::products::model::{ProductId, ProductRow};
use crate::dealer::catalog::products::service::revise;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::graphql::scalars::Decimal;
use crate::kernel::checks::Checks;
use crate::kernel::quantity::TOO_MUCH;
use crate::tenancy::TenantTx;

/// Most values of one input.
const MOST: usize = 100;

/// Says what a product is.
pub async fn set(tx: &mut TenantTx, input: ProductAttributesSetInput) -> ServiceResult<ProductRow> {
    let path = ["input", "values"];
    if input.values.len() > MOST {
        let message = "may list at most 100 values";
        return Err(UserError::at(ErrorCode::BadUserInput, &path, message).into());
    }
    let product = revise(tx, input.id, input.expected_version).await?;
    let held = match product.category_id {
        Some(category) => held(tx, category).await?,
        None => Vec::new(),
    };
    let known: HashSet<_> = query::known(tx, product.id).await?.into_iter().collect();
    let (new, gone) = sorted(product.id, &input.values, &held, &known)?;
    let has_value = |id: &AttributeId| {
        new.iter().any(|row| row.attribute_id == *id) || (known.contains(id) && !gone.contains(id))
    };
    let lacking = held
        .iter()
        .find(|one| one.is_required && !has_value(&one.id));
    if let Some(lacking) = lacking {
        let message = format!("{} is required", lacking.code);
        return Err(UserError::at(ErrorCode::BadUserInput, &path, message).into());
    }
    if !gone.is_empty() {
        query::delete(tx, product.id, gone).await?;
    }
    if !new.is_empty() {
        query::put(tx, new).await?;
    }
    Ok(product)
}

/// Values to write, and attributes to clear.
fn sorted(
    product: ProductId,
    values: &[AttributeValueInput],
    held: &[AttributeRow],
    known: &HashSet<AttributeId>,
) -> ServiceResult<(Vec<ValueRow>, Vec<AttributeId>)> {
    let held: HashMap<_, _> = held.iter().map(|row| (row.id, row)).collect();
    let (mut checks, mut seen) = (Checks::default(), HashSet::new());
    let (mut new, mut gone) = (Vec::new(), Vec::new());
    for (index, value) in values.iter().enumerate() {
        let position = index.to_string();
        let at = |field| ["input", "values", position.as_str(), field];
        let id = value.attribute_id;
        let attribute_at = at("attributeId");
        checks.require(seen.insert(id), &attribute_at, "is listed twice");
        let is_none = value.text.is_none() && value.number.is_none() && value.flag.is_none();
        match held.get(&id) {
            // What an earlier category asked for can be cleared, and not set.
            _ if is_none && known.contains(&id) => gone.push(id),
            Some(_) if is_none => {}
            Some(attribute) => new.push(checked(&mut checks, (product, attribute), value, &at)),
            None => {
                let message = "the product's category has no such attribute";
                return Err(UserError::at(ErrorCode::NotFound, &attribute_at, message).into());
            }
        }
    }
    checks.finish()?;
    Ok((new, gone))
}

/// The value, if it is of the attribute's kind and nothing else is given.
fn checked<'a>(
    checks: &mut Checks,
    (product_id, attribute): (ProductId, &AttributeRow),
    value: &AttributeValueInput,
    at: &impl Fn(&'a str) -> [&'a str; 4],
) -> ValueRow {
    let kind = attribute.kind.as_str();
    let field = match attribute.kind {
        AttributeKind::Text | AttributeKind::Choice => "text",
        AttributeKind::Number => "number",
        AttributeKind::Boolean => "flag",
    };
    let given = [
        ("text", value.text.is_some()),
        ("number", value.number.is_some()),
        ("flag", value.flag.is_some()),
    ];
    for (name, is_given) in given {
        let fits = is_given == (name == field);
        checks.require(
            fits,
            &at(name),
            &format!("{} is a {kind}: give a {field}", attribute.code),
        );
    }
    let mut row = ValueRow {
        product_id,
        attribute_id: attribute.id,
        text_value: None,
        number_value: None,
        flag_value: None,
    };
    match attribute.kind {
        AttributeKind::Boolean => row.flag_value = value.flag,
        AttributeKind::Number => row.number_value = number(checks, &at("number"), value.number),
        AttributeKind::Text | AttributeKind::Choice => {
            let text = value.text.as_deref();
            row.text_value = text.map(|text| checks.text(&at("text"), text, 1, 500));
        }
    }
    if let (Some(choices), Some(text)) = (&attribute.choices, &row.text_value) {
        let message = format!("must be one of {}", choices.join(", "));
        checks.require(choices.contains(text), &at("text"), &message);
    }
    row
}

fn number(
    checks: &mut Checks,
    path: &[&str],
    number: Option<Decimal>,
) -> Option<rust_decimal::Decimal> {
    let number = number?.0;
    checks.require(number.abs() < TOO_MUCH, path, "is too large");
    let fits = number.normalize().scale() <= 6;
    checks.require(fits, path, "may have at most 6 decimals");
    Some(number)
}
