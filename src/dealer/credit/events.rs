//! What happens to credit.

use super::model::{CreditOverrideId, OverrideRow};
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::events::events;

events! {
    /// What readers learn of a limit.
    pub struct CreditLimitFacts {
        /// The customer whose credit it is.
        credit: CustomerId,
        /// The job whose own limit was set, if it was one's.
        job: Option<JobId>,
        /// The exact limit; null if the job has none of its own any more.
        limit: Option<String>,
    }
    for Staff of credit:
    /// It was set how much a customer may owe, or may owe for a job.
    CreditLimitWasSet = "credit.limit_set", version 1;
}

events! {
    /// What readers learn of an override.
    pub struct CreditOverrideFacts {
        /// The customer whose credit it is.
        credit: CustomerId,
        /// The override.
        grant: CreditOverrideId,
        /// The job that it is for alone.
        job: Option<JobId>,
        /// Exact amount that the sale may come to.
        amount: String,
        /// Until when it can be used.
        expires_at: String,
    }
    for Staff of credit:
    /// One sale was let through beyond what the check would allow.
    CreditOverrideGranted = "credit.override_granted", version 1;
}

impl From<&OverrideRow> for CreditOverrideFacts {
    fn from(row: &OverrideRow) -> Self {
        Self {
            credit: row.customer_id,
            grant: row.id,
            job: row.job_id,
            amount: row.amount.normalize().to_string(),
            expires_at: row.expires_at.to_rfc3339(),
        }
    }
}
