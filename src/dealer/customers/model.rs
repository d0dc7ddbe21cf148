//! Rows and enums of customers and jobs.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::{customers, jobs};
use crate::db::text_enum::text_enum;
pub use crate::kernel::ids::CustomerId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A job site of a customer.
    JobId, "job"
);

text_enum! {
    /// Where a job stands.
    pub enum JobStatus {
        /// Goods may be ordered for it.
        Active = "ACTIVE",
        /// Resting; can be taken up again.
        Inactive = "INACTIVE",
        /// Stopped, for instance for unpaid bills.
        Hold = "HOLD",
        /// Not to be used any more, with open documents.
        Disabled = "DISABLED",
        /// Finished.
        Closed = "CLOSED",
    }
}

/// A customer as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = customers, check_for_backend(diesel::pg::Pg))]
pub struct CustomerRow {
    /// Its id.
    pub id: CustomerId,
    /// Unique account code.
    pub code: String,
    /// Name of the company or person.
    pub name: String,
    /// Tax number.
    pub tax_id: Option<String>,
    /// Days until an invoice is due.
    pub terms_days: i16,
    /// In the dealer's currency.
    pub credit_limit: Decimal,
    /// When it was archived, if it was.
    pub archived_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A job as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = jobs, check_for_backend(diesel::pg::Pg))]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// Whose job.
    pub customer_id: CustomerId,
    /// Code, unique per customer.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Street and number of the site.
    pub address_line: String,
    /// Town of the site.
    pub city: String,
    /// The customer's purchase order number.
    pub po_number: Option<String>,
    /// Where it stands.
    pub status: JobStatus,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
