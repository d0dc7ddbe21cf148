//! Rows and enums of credit.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::db::tenant_tables::{credit_commitments, credit_overrides, credit_settings};
use crate::db::text_enum::text_enum;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A sale that is let through beyond a limit.
    CreditOverrideId, "cro"
);

text_enum! {
    /// How far a sale has come that is not invoiced.
    pub enum CommitmentBucket {
        /// Ordered, and not delivered.
        Ordered = "ORDERED",
        /// Delivered, and not invoiced.
        Delivered = "DELIVERED",
    }
}

text_enum! {
    /// The kind of document behind a commitment.
    pub enum CommitmentSource {
        /// An order.
        Order = "ORDER",
        /// A delivery.
        Delivery = "DELIVERY",
    }
}

/// A commitment as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = credit_commitments, check_for_backend(diesel::pg::Pg))]
pub struct CommitmentRow {
    /// The kind of document.
    pub source_type: CommitmentSource,
    /// The document.
    pub source_id: Uuid,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// For which job.
    pub job_id: Option<JobId>,
    /// How far it has come.
    pub bucket: CommitmentBucket,
    /// What is left of it in this bucket; at least zero.
    pub amount: Decimal,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
}

/// An override as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = credit_overrides, check_for_backend(diesel::pg::Pg))]
pub struct OverrideRow {
    /// Its id.
    pub id: CreditOverrideId,
    /// For whom.
    pub customer_id: CustomerId,
    /// For which job alone, if for one.
    pub job_id: Option<JobId>,
    /// The most that the sale may come to.
    pub amount: Decimal,
    /// Why.
    pub reason: String,
    /// Who granted it.
    pub granted_by: Option<Uuid>,
    /// When.
    pub granted_at: DateTime<Utc>,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
    /// For how much.
    pub used_amount: Option<Decimal>,
}

/// A dealer's settings, as stored.
#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = credit_settings, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_null = true)]
pub struct SettingsRow {
    /// Always 1.
    pub one: i16,
    /// Days overdue above which nothing more is sold.
    pub overdue_days: Option<i16>,
    /// Counts changes.
    pub version: i32,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
}

impl SettingsRow {
    /// Those of a dealer who has set none.
    pub const fn unset(now: DateTime<Utc>) -> Self {
        Self {
            one: 1,
            overdue_days: None,
            version: 0,
            updated_at: now,
        }
    }
}
