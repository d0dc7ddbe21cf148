//! Inputs of jobs: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use diesel::prelude::*;

use super::model::{JobChanges, JobId, JobStatus};
use super::query::JobCondition;
use crate::db::tenant_tables::jobs;
use crate::dealer::customers::input::CustomerIdFilter;
use crate::dealer::customers::model::CustomerId;
use crate::error::AppResult;
use crate::graphql::filter::{StringFilter, Where, id_filter, nested_where, where_id, where_text};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::payload::given_text;
use crate::kernel::checks::Checks;

id_filter!(JobIdFilter, JobId, "a job");

/// What else can be known of a job. Absent fields keep their value, null clears.
#[derive(InputObject, Debug, Default)]
pub struct JobDetails {
    /// The customer's purchase order number, at most 60 characters.
    pub po_number: MaybeUndefined<String>,
    /// Postal code of the site, at most 20 characters.
    pub postcode: MaybeUndefined<String>,
    /// For those who bring goods to the site, at most 1000 characters in one line.
    pub site_instructions: MaybeUndefined<String>,
}

impl JobDetails {
    /// As changes of a row, checked.
    pub(super) fn checked(self, checks: &mut Checks, none: JobChanges) -> JobChanges {
        let mut text =
            |field: &'static str, value, max| given_text(checks, &["input", field], value, max);
        JobChanges {
            po_number: text("poNumber", self.po_number, 60),
            postcode: text("postcode", self.postcode, 20),
            site_instructions: text("siteInstructions", self.site_instructions, 1000),
            ..none
        }
    }
}

/// A job to add.
#[derive(InputObject, Debug)]
pub struct JobCreateInput {
    /// Whose job it is.
    pub customer_id: CustomerId,
    /// Code, unique per customer: letters, digits and - _ . /
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Street and number of the site, 1 to 200 characters.
    pub address_line: String,
    /// Town of the site, 1 to 100 characters.
    pub city: String,
    /// What else is known.
    #[graphql(flatten)]
    pub details: JobDetails,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct JobUpdateInput {
    /// Which job.
    pub id: JobId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New code.
    pub code: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// New street and number of the site.
    pub address_line: Option<String>,
    /// New town of the site.
    pub city: Option<String>,
    /// What else is known.
    #[graphql(flatten)]
    pub details: JobDetails,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which job, as it was read.
#[derive(InputObject, Debug)]
pub struct JobVersionInput {
    /// Which job.
    pub id: JobId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A job to put on hold.
#[derive(InputObject, Debug)]
pub struct JobHoldSetInput {
    /// Which job.
    pub id: JobId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Why, 1 to 500 characters; the customer's own people can read it.
    pub reason: String,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which jobs to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct JobWhere {
    /// On whose job it is.
    pub customer_id: Option<CustomerIdFilter>,
    /// On the code.
    pub code: Option<StringFilter>,
    /// On the name.
    pub name: Option<StringFilter>,
    /// On the town of the site.
    pub city: Option<StringFilter>,
    /// On where it stands.
    pub status: Option<JobStatus>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<JobWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<JobWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<JobWhere>>,
}

impl Where for JobWhere {
    type Table = jobs::table;

    fn own(&self) -> AppResult<Vec<JobCondition>> {
        let mut conditions: Vec<JobCondition> = Vec::new();
        where_id!(conditions, jobs::customer_id, &self.customer_id);
        where_text!(conditions, jobs::code, &self.code);
        where_text!(conditions, jobs::name, &self.name);
        where_text!(conditions, jobs::city, &self.city);
        if let Some(status) = self.status {
            conditions.push(Box::new(jobs::status.eq(status).nullable()));
        }
        Ok(conditions)
    }

    nested_where!();
}
