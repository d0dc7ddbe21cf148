//! Batched lookups of payments.

use std::collections::HashMap;

use super::model::{PaymentId, PaymentRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key};
use crate::tenancy::TenantTx;

/// A payment by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PaymentById(pub PaymentId);

impl LoaderKey for PaymentById {
    type Value = PaymentRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, PaymentRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A payment by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PaymentByNumber(pub i64);

impl LoaderKey for PaymentByNumber {
    type Value = PaymentRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, PaymentRow>> {
        let numbers: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many_by_number(tx, &numbers).await?;
        Ok(by_key(rows, |row| Self(row.number)))
    }
}
