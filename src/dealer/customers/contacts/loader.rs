//! Batched lookups of contacts.

use std::collections::HashMap;

use super::model::ContactRow;
use super::query;
use crate::dealer::customers::model::CustomerId;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, group_by_key};
use crate::tenancy::TenantTx;

/// The contacts at a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContactsByCustomer(pub CustomerId);

impl LoaderKey for ContactsByCustomer {
    type Value = Vec<ContactRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<ContactRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_by_customers(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.customer_id)))
    }
}
