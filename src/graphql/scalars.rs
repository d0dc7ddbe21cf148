//! Scalars and small value objects of the dealers' trade.

use async_graphql::{
    Context, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value,
};

use super::context::ContextExt;
use crate::error::AppResult;
use crate::kernel::ids::REFUSED;

/// An exact decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal(pub rust_decimal::Decimal);

/// An exact decimal number, written as text: `"12.50"`. Accepts text or a whole
/// number; floating-point numbers are refused, since they are not exact.
#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = match &value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) if !number.is_f64() => Some(number.to_string()),
            _ => None,
        };
        let message = match text
            .as_deref()
            .map(|text| (text, text.parse::<rust_decimal::Decimal>()))
        {
            Some((_, Ok(decimal))) => return Ok(Self(decimal)),
            Some((text, Err(_))) => {
                let shown: String = text.chars().take(40).collect();
                format!("{shown:?} is not a decimal such as \"12.50\"")
            }
            None => "expected a decimal as text such as \"12.50\", or a whole number".to_owned(),
        };
        Err(InputValueError::custom(message).with_extension(REFUSED, value))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An amount of money in one currency.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(serial)]
pub struct Money {
    /// The exact amount, with the decimals it is kept with.
    pub amount: Decimal,
    /// ISO 4217 code of the currency.
    pub currency: String,
}

impl Money {
    /// An amount in the currency of the caller's dealer.
    pub fn of_dealer(ctx: &Context<'_>, amount: rust_decimal::Decimal) -> AppResult<Self> {
        Ok(Self {
            amount: Decimal(amount),
            currency: ctx.unit()?.context().dealer().currency.clone(),
        })
    }
}
