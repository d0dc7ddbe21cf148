//! What customers are committed to before there is an invoice. Orders and deliveries write
//! it; one row for each document, so that nothing counts twice.

use uuid::Uuid;

use super::model::{CommitmentRow, CommitmentSource};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::tenancy::TenantTx;

/// Writes what documents stand for now, in one statement: so an amount leaves an order and
/// comes to a delivery at once. Whoever calls has locked the customer, as
/// [`check`](super::check::check) does; documents are named once each.
pub async fn put(tx: &mut TenantTx, rows: Vec<CommitmentRow>) -> DbResult<()> {
    Ok(query::put_commitments(tx, rows).await?)
}

/// Takes away what documents of a kind stood for: they are invoiced or cancelled.
pub async fn release(tx: &mut TenantTx, source: CommitmentSource, ids: &[Uuid]) -> DbResult<()> {
    query::delete_commitments(tx, source, ids).await
}

/// Whether a customer, or one of its jobs, is committed to anything.
pub async fn is_any(tx: &mut TenantTx, customer: CustomerId, job: Option<JobId>) -> DbResult<bool> {
    query::is_committed(tx, customer, job).await
}
