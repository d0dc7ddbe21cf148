//! The surface of values.

use std::collections::HashSet;

use async_graphql::{Context, Object};

use super::loader::ValuesOfProduct;
use super::model::ValueRow;
use crate::dealer::catalog::attributes::graphql::Attribute;
use crate::dealer::catalog::attributes::loader::AttributesOfCategory;
use crate::dealer::catalog::attributes::model::{AttributeKind, AttributeRow};
use crate::dealer::catalog::products::model::{ProductId, ProductRow};
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Decimal;

/// What a product is by one attribute.
pub struct ProductAttribute {
    value: ValueRow,
    attribute: AttributeRow,
}

/// What a product is by one attribute. The value is where the kind says.
#[Object(directive = has_permission::apply(P::ProductsRead))]
impl ProductAttribute {
    /// The attribute.
    #[graphql(guard = P::CategoriesRead, directive = has_permission::apply(P::CategoriesRead))]
    async fn attribute(&self) -> Attribute {
        Attribute(self.attribute.clone())
    }

    /// Code of the attribute.
    async fn code(&self) -> &str {
        &self.attribute.code
    }

    /// Name of the attribute.
    async fn name(&self) -> &str {
        &self.attribute.name
    }

    /// What the value is.
    async fn kind(&self) -> AttributeKind {
        self.attribute.kind
    }

    /// The text, or the choice.
    async fn text(&self) -> Option<&str> {
        self.value.text_value.as_deref()
    }

    /// The number, in the attribute's unit.
    async fn number(&self) -> Option<Decimal> {
        let number = self.value.number_value;
        number.map(|number| Decimal(number.normalize()))
    }

    /// Yes or no.
    async fn flag(&self) -> Option<bool> {
        self.value.flag_value
    }
}

/// What a product is, by code of the attributes.
pub(crate) async fn attributes_of(
    ctx: &Context<'_>,
    product: ProductId,
) -> AppResult<Vec<ProductAttribute>> {
    let rows = ctx.unit()?.load_list(ValuesOfProduct(product)).await?;
    let one = |(value, attribute)| ProductAttribute { value, attribute };
    Ok(rows.into_iter().map(one).collect())
}

/// What a product is not said to be, though its category requires it.
pub(crate) async fn missing_of(
    ctx: &Context<'_>,
    product: &ProductRow,
) -> AppResult<Vec<Attribute>> {
    let Some(category) = product.category_id else {
        return Ok(Vec::new());
    };
    let unit = ctx.unit()?;
    let held = unit.load_list(AttributesOfCategory(category)).await?;
    let known = unit.load_list(ValuesOfProduct(product.id)).await?;
    let known: HashSet<_> = known.iter().map(|(value, _)| value.attribute_id).collect();
    let missing = held
        .into_iter()
        .filter(|one| one.is_required && !known.contains(&one.id));
    Ok(missing.map(Attribute).collect())
}
