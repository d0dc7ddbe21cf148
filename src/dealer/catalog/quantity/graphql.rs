//! The surface of amounts.

use async_graphql::{Context, Object};

use crate::dealer::catalog::products::graphql::{Product, unit_of};
use crate::dealer::catalog::products::loader::ProductById;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::graphql::Unit;
use crate::dealer::catalog::units::model::UnitId;
use crate::error::AppResult;
use crate::graphql::found::there;
use crate::graphql::permit::{Permission as P, has_permission, open_to_all};
use crate::graphql::scalars::Decimal;

/// An exact amount of a product.
pub struct Quantity {
    value: Decimal,
    in_base: Decimal,
    unit: InUnit,
}

#[derive(Clone, Copy)]
enum InUnit {
    Of(UnitId),
    /// The base unit of this product, which is not at hand.
    BaseOf(ProductId),
}

impl Quantity {
    /// `base` base units of a product.
    pub fn in_base_of(product: ProductId, base: rust_decimal::Decimal) -> Self {
        Self::new(InUnit::BaseOf(product), base, base)
    }

    /// `value` of a unit, which is `base` in base units.
    pub fn in_unit(
        unit: UnitId,
        value: rust_decimal::Decimal,
        base: rust_decimal::Decimal,
    ) -> Self {
        Self::new(InUnit::Of(unit), value, base)
    }

    fn new(unit: InUnit, value: rust_decimal::Decimal, base: rust_decimal::Decimal) -> Self {
        Self {
            // Stored with the decimals of the column; shown with those it needs.
            value: Decimal(value.normalize()),
            in_base: Decimal(base.normalize()),
            unit,
        }
    }
}

/// An exact amount of a product in one of its units.
#[Object(directive = open_to_all::apply())]
impl Quantity {
    /// How many of the unit, with at most six decimals.
    async fn value(&self) -> Decimal {
        self.value
    }

    /// The unit.
    #[graphql(guard = P::UnitsRead, directive = has_permission::apply(P::UnitsRead))]
    async fn unit(&self, ctx: &Context<'_>) -> AppResult<Unit> {
        let id = match self.unit {
            InUnit::Of(unit) => unit,
            InUnit::BaseOf(product) => product_of(ctx, product).await?.0.base_unit_id,
        };
        unit_of(ctx, id).await
    }

    /// The same amount in the product's base unit: this is what counts.
    async fn in_base(&self) -> Decimal {
        self.in_base
    }
}

/// A product that a foreign key says is there.
pub(crate) async fn product_of(ctx: &Context<'_>, id: ProductId) -> AppResult<Product> {
    Ok(Product(there(ctx, ProductById(id)).await?))
}
