//! Rows and enums of attributes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::tenant_tables::attributes;
use crate::db::text_enum::text_enum;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::units::model::UnitId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// What is asked of the products of a category.
    AttributeId, "atr"
);

text_enum! {
    /// What a value of an attribute is.
    pub enum AttributeKind {
        /// Any text of 1 to 500 characters.
        Text = "TEXT",
        /// An exact decimal with at most 6 decimals, in the attribute's unit if it has one.
        Number = "NUMBER",
        /// Yes or no.
        Boolean = "BOOLEAN",
        /// One of some texts.
        Choice = "CHOICE",
    }
}

/// An attribute as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = attributes, check_for_backend(diesel::pg::Pg))]
pub struct AttributeRow {
    /// Its id.
    pub id: AttributeId,
    /// The category that has it, with all below.
    pub category_id: CategoryId,
    /// Unique short code.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// What its values are.
    pub kind: AttributeKind,
    /// What a number is given in.
    pub unit_id: Option<UnitId>,
    /// The texts of a choice, in their order.
    pub choices: Option<Vec<String>>,
    /// Whether each product needs a value.
    pub is_required: bool,
    /// Whether lists of products can be filtered by it.
    pub is_filterable: bool,
    /// When it was archived, if it was.
    pub archived_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = attributes)]
pub struct AttributeChanges {
    /// New name.
    pub name: Option<String>,
    /// New choices.
    pub choices: Option<Vec<String>>,
    /// Whether each product needs a value.
    pub is_required: Option<bool>,
    /// Whether lists of products can be filtered by it.
    pub is_filterable: Option<bool>,
    /// New state of the archive mark.
    pub archived_at: Option<Option<DateTime<Utc>>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}
