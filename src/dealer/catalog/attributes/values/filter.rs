//! Lists of products by what they are.

use async_graphql::{Context, InputObject};
use diesel::prelude::*;
use futures_util::future::try_join_all;

use crate::db::keyset::Predicate;
use crate::db::tenant_tables::{product_attributes, products};
use crate::dealer::catalog::attributes::loader::AttributeById;
use crate::dealer::catalog::attributes::model::{AttributeId, AttributeKind, AttributeRow};
use crate::error::{AppError, AppResult, ErrorCode};
use crate::graphql::context::ContextExt;
use crate::graphql::filter::{DecimalFilter, MAX_VALUES, bounded};

/// The field that errors name.
const FIELD: &str = "attributes";

/// Conditions on what products are by one attribute, which must be filterable. Without any,
/// it is enough that there is a value.
#[derive(InputObject, Clone, Debug)]
pub struct AttributeFilter {
    /// Which attribute.
    pub attribute_id: AttributeId,
    /// The text or choice is exactly this.
    pub eq: Option<String>,
    /// The text or choice is one of these, at most 200.
    pub one_of: Option<Vec<String>>,
    /// On the number.
    pub number: Option<DecimalFilter>,
    /// Is this.
    pub flag: Option<bool>,
}

impl AttributeFilter {
    /// On products with values of the attribute that meet them.
    pub fn conditions(&self) -> AppResult<Vec<Predicate<products::table>>> {
        let mut conditions: Vec<Predicate<products::table>> = Vec::new();
        let values = || {
            product_attributes::table
                .filter(product_attributes::attribute_id.eq(self.attribute_id))
                .select(product_attributes::product_id)
        };
        macro_rules! of {
            ($condition:expr) => {
                conditions.push(Box::new(
                    products::id.eq_any(values().filter($condition)).nullable(),
                ))
            };
        }
        if let Some(text) = self.eq.clone() {
            of!(product_attributes::text_value.eq(text));
        }
        if let Some(texts) = self.one_of.clone() {
            bounded(texts.len())?;
            of!(product_attributes::text_value.eq_any(texts));
        }
        if let Some(is) = self.flag {
            of!(product_attributes::flag_value.eq(is));
        }
        let number = self.number.clone().unwrap_or_default();
        if let Some(number) = number.eq {
            of!(product_attributes::number_value.eq(number.0));
        }
        if let Some(number) = number.gte {
            of!(product_attributes::number_value.ge(number.0));
        }
        if let Some(number) = number.lte {
            of!(product_attributes::number_value.le(number.0));
        }
        if conditions.is_empty() {
            conditions.push(Box::new(products::id.eq_any(values()).nullable()));
        }
        Ok(conditions)
    }

    /// Refuses what the attribute does not allow.
    fn check(&self, attribute: &AttributeRow) -> AppResult<()> {
        let code = &attribute.code;
        if !attribute.is_filterable {
            let message = format!("{code} is not filterable");
            return Err(AppError::new(ErrorCode::NotAllowed, message).at_field(FIELD));
        }
        let has_text = self.eq.is_some() || self.one_of.is_some();
        let (texts, numbers, flags) = match attribute.kind {
            AttributeKind::Text | AttributeKind::Choice => (true, false, false),
            AttributeKind::Number => (false, true, false),
            AttributeKind::Boolean => (false, false, true),
        };
        let fits = (texts || !has_text)
            && (numbers || self.number.is_none())
            && (flags || self.flag.is_none());
        if fits {
            return Ok(());
        }
        let kind = attribute.kind.as_str();
        let message = format!("{code} is a {kind}: ask for that");
        Err(AppError::bad_input(FIELD, message))
    }
}

/// Refuses filters by attributes that are not there, not filterable, or of another kind.
pub async fn check_filters(ctx: &Context<'_>, filters: &[&AttributeFilter]) -> AppResult<()> {
    if filters.is_empty() {
        return Ok(());
    }
    if filters.len() > MAX_VALUES {
        return Err(AppError::bad_input(FIELD, "may list at most 200 values"));
    }
    let unit = ctx.unit()?;
    let asked = filters.iter().map(|filter| filter.attribute_id);
    let found = try_join_all(asked.map(|id| unit.load(AttributeById(id)))).await?;
    for (filter, attribute) in filters.iter().zip(found) {
        let missing = || {
            let message = "there is no such attribute";
            AppError::new(ErrorCode::NotFound, message).at_field(FIELD)
        };
        filter.check(&attribute.ok_or_else(missing)?)?;
    }
    Ok(())
}
