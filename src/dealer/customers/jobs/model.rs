//! Rows and enums of jobs.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::jobs;
use crate::db::text_enum::text_enum;
use crate::dealer::customers::model::CustomerId;
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
    /// Its own limit, in the dealer's currency.
    pub credit_limit: Option<Decimal>,
    /// Why the limit is what it is.
    pub credit_limit_reason: Option<String>,
    /// Why nothing is sold for it, if so.
    pub hold_reason: Option<String>,
    /// Since when.
    pub held_at: Option<DateTime<Utc>>,
    /// Postal code of the site.
    pub postcode: Option<String>,
    /// For those who bring goods to the site.
    pub site_instructions: Option<String>,
}

impl JobRow {
    /// A new job of which no more is known.
    pub fn new(
        customer_id: CustomerId,
        (code, name): (String, String),
        (address_line, city): (String, String),
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id: JobId::generate(),
            customer_id,
            code,
            name,
            address_line,
            city,
            po_number: None,
            status: JobStatus::Active,
            version: 1,
            created_at: now,
            updated_at: now,
            credit_limit: None,
            credit_limit_reason: None,
            hold_reason: None,
            held_at: None,
            postcode: None,
            site_instructions: None,
        }
    }

    /// What it may owe at most, where its customer may owe `of_customer`.
    pub fn effective_limit(&self, of_customer: Decimal) -> Decimal {
        self.credit_limit
            .map_or(of_customer, |own| own.min(of_customer))
    }
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug, Default)]
#[diesel(table_name = jobs)]
pub struct JobChanges {
    /// New code.
    pub code: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// New street and number.
    pub address_line: Option<String>,
    /// New town.
    pub city: Option<String>,
    /// New purchase order number, or none.
    pub po_number: Option<Option<String>>,
    /// New status.
    pub status: Option<JobStatus>,
    /// New limit, or none.
    pub credit_limit: Option<Option<Decimal>>,
    /// New reason of the limit.
    pub credit_limit_reason: Option<Option<String>>,
    /// New hold, or none.
    pub hold_reason: Option<Option<String>>,
    /// Since when it holds.
    pub held_at: Option<Option<DateTime<Utc>>>,
    /// New postal code, or none.
    pub postcode: Option<Option<String>>,
    /// New instructions, or none.
    pub site_instructions: Option<Option<String>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}

impl JobChanges {
    /// No change but the time of it.
    pub fn none(updated_at: DateTime<Utc>) -> Self {
        Self {
            updated_at,
            ..Self::default()
        }
    }
}
