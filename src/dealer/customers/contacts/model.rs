//! Rows of contacts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::db::tenant_tables::customer_contacts;
use crate::dealer::customers::model::CustomerId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// Somebody who is spoken to at a customer.
    ContactId, "con"
);

/// A contact as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = customer_contacts, check_for_backend(diesel::pg::Pg))]
pub struct ContactRow {
    /// Its id.
    pub id: ContactId,
    /// At which customer.
    pub customer_id: CustomerId,
    /// Name of the person.
    pub name: String,
    /// What the person is there.
    pub role: Option<String>,
    /// Where calls go.
    pub phone: Option<String>,
    /// Where mails go.
    pub email: Option<String>,
    /// The member who signs in at the portal as this person.
    pub user_id: Option<Uuid>,
    /// What the person orders or approves without asking, tax included; any amount if absent.
    pub order_limit: Option<Decimal>,
    /// Whether the person approves what others have placed.
    pub approves_orders: bool,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug, Default)]
#[diesel(table_name = customer_contacts)]
pub struct ContactChanges {
    /// New name.
    pub name: Option<String>,
    /// New role, or none.
    pub role: Option<Option<String>>,
    /// New telephone number, or none.
    pub phone: Option<Option<String>>,
    /// New address for mails, or none.
    pub email: Option<Option<String>>,
    /// Another member, or none.
    pub user_id: Option<Option<Uuid>>,
    /// New limit, or none.
    pub order_limit: Option<Option<Decimal>>,
    /// Whether the person approves orders from now on.
    pub approves_orders: Option<bool>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}
