//! Batched lookups of jobs.

use std::collections::HashMap;

use super::model::{JobId, JobRow};
use super::query;
use crate::dealer::customers::model::CustomerId;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// A job by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JobById(pub JobId);

impl LoaderKey for JobById {
    type Value = JobRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, JobRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// The jobs of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JobsByCustomer(pub CustomerId);

impl LoaderKey for JobsByCustomer {
    type Value = Vec<JobRow>;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, Vec<JobRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_by_customers(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.customer_id)))
    }
}
