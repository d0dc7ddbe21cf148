//! Rows of values.

use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::product_attributes;
use crate::dealer::catalog::attributes::model::AttributeId;
use crate::dealer::catalog::products::model::ProductId;

/// The value of an attribute as stored; one of three is there.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = product_attributes, check_for_backend(diesel::pg::Pg))]
pub struct ValueRow {
    /// Of what.
    pub product_id: ProductId,
    /// Of which attribute.
    pub attribute_id: AttributeId,
    /// A text, or one of the choices.
    pub text_value: Option<String>,
    /// A number.
    pub number_value: Option<Decimal>,
    /// Yes or no.
    pub flag_value: Option<bool>,
}
