//! Batched lookups of debts by age.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use super::model::{Buckets, JobBuckets};
use super::query;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::error::AppResult;
use crate::graphql::loader::LoaderKey;
use crate::tenancy::TenantTx;

/// What of a customer was open on a day, job by job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AgeingByCustomer {
    /// The customer.
    pub customer: CustomerId,
    /// The day.
    pub at: NaiveDate,
}

impl LoaderKey for AgeingByCustomer {
    type Value = Vec<JobBuckets>;

    /// Two statements for each day that is asked for, which is one as a rule.
    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<JobBuckets>>> {
        let mut found: HashMap<Self, Vec<JobBuckets>> = HashMap::new();
        let days: BTreeSet<NaiveDate> = keys.iter().map(|key| key.at).collect();
        for at in days {
            let of_day = keys.iter().filter(|key| key.at == at);
            let ids: Vec<CustomerId> = of_day.map(|key| key.customer).collect();
            for ((customer, job), buckets) in of(tx, at, &ids).await? {
                let key = Self { customer, at };
                let row = JobBuckets { job, buckets };
                found.entry(key).or_default().push(row);
            }
        }
        Ok(found)
    }
}

/// What was open on the day: what is now, and what was allocated since.
async fn of(
    tx: &mut TenantTx,
    at: NaiveDate,
    ids: &[CustomerId],
) -> AppResult<BTreeMap<(CustomerId, Option<JobId>), Buckets>> {
    let mut all: BTreeMap<_, Buckets> = BTreeMap::new();
    for (customer, job, sums) in query::open_now(tx, at, ids).await? {
        all.insert((customer, job), sums.into());
    }
    for (customer, job, sums) in query::allocated_since(tx, at, ids).await? {
        let since = Buckets::from(sums);
        // A credit of which something was allocated had more of itself: it is below zero.
        let since = Buckets {
            credits: -since.credits,
            ..since
        };
        let before = all.entry((customer, job)).or_default();
        *before = before.plus(since);
    }
    Ok(all)
}
