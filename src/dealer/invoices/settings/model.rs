//! Rows of the settings of invoices.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::tenant_tables::invoice_settings;
use crate::files::FileId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A version of the settings of invoices.
    InvoiceSettingsId, "ivs"
);

/// A version of the settings, as stored; it never changes.
#[derive(Queryable, Selectable, Insertable, Clone, Debug, PartialEq, Eq)]
#[diesel(table_name = invoice_settings, check_for_backend(diesel::pg::Pg))]
pub struct InvoiceSettingsRow {
    /// Its id.
    pub id: InvoiceSettingsId,
    /// Counts them.
    pub version: i32,
    /// Whether invoices are mailed when they are posted.
    pub is_mailed: bool,
    /// In whose name they are written, if not in that by which the dealer is known here.
    pub name: Option<String>,
    /// His tax number.
    pub tax_id: Option<String>,
    /// Street and number.
    pub address_line: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Postal code.
    pub postcode: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// How to pay.
    pub payment_details: Option<String>,
    /// What stands at the foot of each page.
    pub footer: Option<String>,
    /// What stands at the head of the first page.
    pub logo_id: Option<FileId>,
    /// When it was set.
    pub created_at: DateTime<Utc>,
}

impl InvoiceSettingsRow {
    /// Those of a dealer who has set none.
    pub fn unset(now: DateTime<Utc>) -> Self {
        Self {
            id: InvoiceSettingsId::generate(),
            version: 0,
            is_mailed: false,
            name: None,
            tax_id: None,
            address_line: None,
            city: None,
            postcode: None,
            country: None,
            phone: None,
            email: None,
            payment_details: None,
            footer: None,
            logo_id: None,
            created_at: now,
        }
    }
}
