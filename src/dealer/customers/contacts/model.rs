//! Rows of contacts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

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
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}
