//! Answers to changes that were made, for clients who send them again.
//!
//! The row is written in the transaction of the change: there is no moment at which
//! one of them is there without the other. Who sends the same at the same time waits
//! for that transaction at the row.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::query_dsl::methods as dsl;
use diesel_async::RunQueryDsl;

use super::tx::TenantTx;
use crate::auth::permission::PermissionSet;
use crate::db::error::DbResult;
use crate::db::tenant_tables::kept_answers;

/// How long an answer is kept.
pub const KEPT_FOR: TimeDelta = TimeDelta::days(7);

/// A change to be made once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// SHA-256 of the user and his key.
    pub id: [u8; 32],
    /// SHA-256 of what is asked.
    pub request: [u8; 32],
}

/// What was answered before.
#[derive(Queryable, Debug)]
pub struct Kept {
    /// SHA-256 of what was asked.
    pub request: Vec<u8>,
    /// What the caller might do then.
    pub permissions: PermissionSet,
    /// JSON of the field.
    pub answer: String,
}

/// Claims the change for this transaction; gives what was answered if it was made
/// before. Waits for another transaction that is making it.
pub async fn claim(tx: &mut TenantTx, claim: &Claim) -> DbResult<Option<Kept>> {
    let now = tx.now();
    if insert(tx, claim, now).await? {
        return Ok(None);
    }
    let kept = kept_answers::table
        .find(claim.id.to_vec())
        .select((
            kept_answers::request,
            kept_answers::permissions,
            kept_answers::answer,
        ))
        .get_result(tx)
        .await?;
    Ok(Some(kept))
}

/// Says how the claimed change was answered.
pub async fn keep(tx: &mut TenantTx, claim: &Claim, answer: &str) -> DbResult<()> {
    let row = kept_answers::table.find(claim.id.to_vec());
    diesel::update(row)
        .set(kept_answers::answer.eq(answer))
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether there was none, or an old one only.
async fn insert(tx: &mut TenantTx, claim: &Claim, now: DateTime<Utc>) -> DbResult<bool> {
    let row = (
        kept_answers::request.eq(claim.request.to_vec()),
        kept_answers::permissions.eq(tx.context().permissions()),
        kept_answers::answer.eq(""),
        kept_answers::at.eq(now),
    );
    let write = diesel::insert_into(kept_answers::table)
        .values((kept_answers::id.eq(claim.id.to_vec()), row.clone()))
        .on_conflict(kept_answers::id)
        .do_update()
        .set(row);
    let write = dsl::FilterDsl::filter(write, kept_answers::at.lt(now - KEPT_FOR));
    Ok(write.execute(tx).await? > 0)
}
