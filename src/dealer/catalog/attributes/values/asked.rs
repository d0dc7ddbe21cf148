//! What the categories of products ask for, held against what is said of the products.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::input::AttributeValueInput;
use super::model::ValueRow;
use super::query;
use crate::dealer::catalog::attributes::model::{AttributeId, AttributeKind, AttributeRow};
use crate::dealer::catalog::attributes::service::held;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::products::model::ProductId;
use crate::error::{AppResult, ErrorCode, ServiceResult, UserError};
use crate::graphql::scalars::Decimal;
use crate::kernel::checks::Checks;
use crate::kernel::quantity::TOO_MUCH;
use crate::tenancy::TenantTx;

/// Most values of one product.
const MOST: usize = 100;

/// What some categories ask for, and of what some products have a value. The attributes are
/// locked against changes until the COMMIT.
#[derive(Default)]
pub struct Asked {
    held: HashMap<CategoryId, Vec<AttributeRow>>,
    known: HashMap<ProductId, HashSet<AttributeId>>,
}

/// What is said of a product that is or will be in a category.
pub struct Said<'a> {
    /// Of which product.
    pub product: ProductId,
    /// Its category from now on.
    pub category: Option<CategoryId>,
    /// What is said.
    pub values: &'a [AttributeValueInput],
    /// Where in the input.
    pub path: &'a [&'a str],
}

/// Values to write, and those to clear.
#[derive(Default)]
pub struct Values {
    new: Vec<ValueRow>,
    gone: Vec<(ProductId, AttributeId)>,
}

impl Asked {
    /// Looks up what these categories ask for, and what these products have; no statement
    /// where there are none.
    pub async fn load(
        tx: &mut TenantTx,
        categories: impl IntoIterator<Item = CategoryId>,
        products: &[ProductId],
    ) -> AppResult<Self> {
        let categories: HashSet<CategoryId> = categories.into_iter().collect();
        let categories: Vec<CategoryId> = categories.into_iter().collect();
        let mut asked = Self::default();
        if !categories.is_empty() {
            for (category, row) in held(tx, &categories).await? {
                asked.held.entry(category).or_default().push(row);
            }
        }
        if !products.is_empty() {
            for (product, attribute) in query::known(tx, products).await? {
                asked.known.entry(product).or_default().insert(attribute);
            }
        }
        Ok(asked)
    }

    /// What is to be written, if it is of the right kinds and leaves the product with all that
    /// its category requires.
    pub fn check(&self, said: &Said<'_>) -> ServiceResult<Values> {
        if said.values.len() > MOST {
            let message = "may list at most 100 values";
            return Err(UserError::at(ErrorCode::BadUserInput, said.path, message).into());
        }
        let held = said.category.and_then(|category| self.held.get(&category));
        let held = held.map_or(&[][..], Vec::as_slice);
        let none = HashSet::new();
        let known = self.known.get(&said.product).unwrap_or(&none);
        let values = sorted(said, held, known)?;
        let has_value = |id: AttributeId| {
            values.new.iter().any(|row| row.attribute_id == id)
                || (known.contains(&id) && !values.gone.contains(&(said.product, id)))
        };
        let mut required = held.iter().filter(|one| one.is_required);
        if let Some(lacking) = required.find(|one| !has_value(one.id)) {
            let message = format!("{} is required", lacking.code);
            return Err(UserError::at(ErrorCode::BadUserInput, said.path, message).into());
        }
        Ok(values)
    }
}

/// Writes what was checked, of all products at once.
pub async fn write(tx: &mut TenantTx, all: Vec<Values>) -> ServiceResult<()> {
    let (mut new, mut gone) = (Vec::new(), BTreeMap::<AttributeId, Vec<ProductId>>::new());
    for values in all {
        new.extend(values.new);
        for (product, attribute) in values.gone {
            gone.entry(attribute).or_default().push(product);
        }
    }
    for (attribute, products) in gone {
        query::delete(tx, attribute, products).await?;
    }
    if !new.is_empty() {
        query::put(tx, new).await?;
    }
    Ok(())
}

/// Values to write, and those to clear.
fn sorted(
    said: &Said<'_>,
    held: &[AttributeRow],
    known: &HashSet<AttributeId>,
) -> ServiceResult<Values> {
    let held: HashMap<_, _> = held.iter().map(|row| (row.id, row)).collect();
    let (mut checks, mut seen) = (Checks::default(), HashSet::new());
    let mut values = Values::default();
    for (index, value) in said.values.iter().enumerate() {
        let position = index.to_string();
        let at = |field| [said.path, &[position.as_str(), field]].concat();
        let id = value.attribute_id;
        let attribute_at = at("attributeId");
        checks.require(seen.insert(id), &attribute_at, "is listed twice");
        let is_none = value.text.is_none() && value.number.is_none() && value.flag.is_none();
        match held.get(&id) {
            // What an earlier category asked for can be cleared, and not set.
            _ if is_none && known.contains(&id) => values.gone.push((said.product, id)),
            Some(_) if is_none => {}
            Some(attribute) => {
                let row = checked(&mut checks, (said.product, attribute), value, &at);
                values.new.push(row);
            }
            None => {
                let message = "the product's category has no such attribute";
                return Err(UserError::at(ErrorCode::NotFound, &attribute_at, message).into());
            }
        }
    }
    checks.finish()?;
    Ok(values)
}

/// The value, if it is of the attribute's kind and nothing else is given.
fn checked<'a>(
    checks: &mut Checks,
    (product_id, attribute): (ProductId, &AttributeRow),
    value: &AttributeValueInput,
    at: &impl Fn(&'a str) -> Vec<&'a str>,
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
