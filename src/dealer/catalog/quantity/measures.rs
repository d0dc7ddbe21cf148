//! The units of the products an input is about.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::input::QuantityInput;
use super::query::{self, MeasuredRow};
use crate::dealer::catalog::products::model::{ProductId, ProductKind};
use crate::dealer::catalog::units::model::UnitId;
use crate::error::{AppError, AppResult, ErrorCode, UserError};
use crate::kernel::quantity::{Amount, Measure, QuantityError};
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// How products are measured.
#[derive(Clone, Debug, Default)]
pub struct Measures {
    products: HashMap<ProductId, Goods>,
    measures: HashMap<(ProductId, UnitId), Measure>,
}

/// What has to be known of a product to take an amount of it.
#[derive(Clone, Copy, Debug)]
pub struct Goods {
    /// The unit it is kept and priced in.
    pub base_unit: UnitId,
    /// How it reaches the customer.
    pub kind: ProductKind,
}

/// An amount as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// In which unit.
    pub unit: UnitId,
    /// How much, in the unit and in base units.
    pub amount: Amount,
}

impl Measures {
    /// Of these products; one statement.
    pub async fn of(tx: &mut TenantTx, products: &[ProductId]) -> AppResult<Self> {
        if products.is_empty() {
            return Ok(Self::default());
        }
        Self::from_rows(&query::measured(tx, products).await?)
    }

    /// Of the products of these rows.
    pub(super) fn from_rows(rows: &[MeasuredRow]) -> AppResult<Self> {
        let scale = |row: &MeasuredRow| u32::try_from(row.scale).map_err(AppError::internal);
        let mut base_scales = HashMap::new();
        for row in rows.iter().filter(|row| row.unit_id == row.base_unit_id) {
            base_scales.insert(row.product_id, scale(row)?);
        }
        let mut found = Self::default();
        for row in rows {
            let base_scale = base_scales.get(&row.product_id).copied();
            let measure = Measure {
                factor: Ratio::new(row.num, row.den).map_err(AppError::internal)?,
                scale: scale(row)?,
                base_scale: base_scale.ok_or_else(|| without_base(row.product_id))?,
            };
            let key = (row.product_id, row.unit_id);
            found.measures.insert(key, measure);
            found.products.insert(row.product_id, row.into());
        }
        Ok(found)
    }

    /// What is known of a product; none if there is no such product.
    pub fn goods(&self, product: ProductId) -> Option<Goods> {
        self.products.get(&product).copied()
    }

    /// How a product is measured in a unit; none if it is not.
    pub fn measure(&self, product: ProductId, unit: UnitId) -> Option<Measure> {
        self.measures.get(&(product, unit)).copied()
    }

    /// Decimals that an amount of a product may have in its base unit.
    pub fn base_scale(&self, product: ProductId) -> AppResult<u32> {
        let goods = self.goods(product).ok_or_else(|| without_base(product))?;
        let measure = self.measure(product, goods.base_unit);
        Ok(measure.ok_or_else(|| without_base(product))?.base_scale)
    }

    /// The amount that is asked for by the input at `path`, of the product at
    /// `product_path`.
    pub fn asked(
        &self,
        product: (ProductId, &[&str]),
        (input, path): (&QuantityInput, &[&str]),
    ) -> Result<Asked, UserError> {
        let (unit, measure) = self.unit(product, (input.unit_id, path))?;
        let amount = measure.amount(input.value.0, input.rounding);
        let amount = amount.map_err(|error| bad_value(path, error))?;
        Ok(Asked { unit, amount })
    }

    /// As [`Measures::asked`], of a product that lies in yards and stores.
    pub fn kept(
        &self,
        product: (ProductId, &[&str]),
        quantity: (&QuantityInput, &[&str]),
    ) -> Result<Asked, UserError> {
        let asked = self.asked(product, quantity)?;
        self.lies_somewhere(product)?;
        Ok(asked)
    }

    /// As [`Measures::kept`], in base units, of what may be nothing or below zero, such as
    /// what is on hand.
    pub fn balance(
        &self,
        product: (ProductId, &[&str]),
        (input, path): (&QuantityInput, &[&str]),
    ) -> Result<Decimal, UserError> {
        let (_, measure) = self.unit(product, (input.unit_id, path))?;
        self.lies_somewhere(product)?;
        let value = input.value.0;
        if value.is_zero() {
            return Ok(Decimal::ZERO);
        }
        let amount = measure.amount(value.abs(), input.rounding);
        let base = amount.map_err(|error| bad_value(path, error))?.base;
        Ok(if value < Decimal::ZERO { -base } else { base })
    }

    /// The unit that is asked for, or the base unit, and how the product is measured in it.
    fn unit(
        &self,
        (product, product_path): (ProductId, &[&str]),
        (unit, path): (Option<UnitId>, &[&str]),
    ) -> Result<(UnitId, Measure), UserError> {
        let goods = self.goods(product).ok_or_else(|| {
            let message = "there is no such product";
            UserError::at(ErrorCode::NotFound, product_path, message)
        })?;
        let unit = unit.unwrap_or(goods.base_unit);
        let measure = self.measure(product, unit).ok_or_else(|| {
            let message = "the product is not sold or bought in this unit";
            UserError::at(ErrorCode::NotFound, &[path, &["unitId"]].concat(), message)
        })?;
        Ok((unit, measure))
    }

    /// As [`Measures::kept`], of an amount that was found, which may be nothing.
    pub fn counted(
        &self,
        product: (ProductId, &[&str]),
        (input, path): (&QuantityInput, &[&str]),
    ) -> Result<Asked, UserError> {
        if input.value.0 < Decimal::ZERO {
            let message = "must be zero or more";
            let path = [path, &["value"]].concat();
            return Err(UserError::at(ErrorCode::BadUserInput, &path, message));
        }
        if !input.value.0.is_zero() {
            return self.kept(product, (input, path));
        }
        let (unit, _measure) = self.unit(product, (input.unit_id, path))?;
        self.lies_somewhere(product)?;
        let amount = Amount {
            value: Decimal::ZERO,
            base: Decimal::ZERO,
        };
        Ok(Asked { unit, amount })
    }

    fn lies_somewhere(&self, (product, path): (ProductId, &[&str])) -> Result<(), UserError> {
        let goods = self.goods(product);
        if goods.is_some_and(|goods| goods.kind.is_kept()) {
            return Ok(());
        }
        let message = "is never in stock";
        Err(UserError::at(ErrorCode::NotAllowed, path, message))
    }

    /// `base` base units of a product in one of its units, with at most six decimals.
    pub fn shown(&self, product: ProductId, unit: UnitId, base: Decimal) -> AppResult<Decimal> {
        let measure = self.measure(product, unit);
        let measure = measure.ok_or_else(|| without_base(product))?;
        measure.value_of(base).map_err(AppError::internal)
    }
}

impl From<&MeasuredRow> for Goods {
    fn from(row: &MeasuredRow) -> Self {
        Self {
            base_unit: row.base_unit_id,
            kind: row.kind,
        }
    }
}

fn bad_value(path: &[&str], error: QuantityError) -> UserError {
    let path = [path, &["value"]].concat();
    UserError::at(ErrorCode::BadUserInput, &path, error.to_string())
}

fn without_base(product: ProductId) -> AppError {
    AppError::internal(format!("{product} is not measured in a unit it must have"))
}
