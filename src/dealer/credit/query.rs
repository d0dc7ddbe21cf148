//! SQL of credit.

use diesel::dsl::{exists, select, sum};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{
    CommitmentBucket, CommitmentRow, CommitmentSource, CreditOverrideId, OverrideRow, SettingsRow,
};
use crate::db::error::DbResult;
use crate::db::tenant_tables::{
    credit_commitments as commitments, credit_overrides as overrides, credit_settings as settings,
};
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::tenancy::TenantTx;

/// What a customer has ordered and what was delivered, and the same of one job.
pub type Committed = (
    Option<Decimal>,
    Option<Decimal>,
    Option<Decimal>,
    Option<Decimal>,
);

/// What a customer is committed to.
pub async fn committed(tx: &mut TenantTx, customer: CustomerId, job: JobId) -> DbResult<Committed> {
    let ordered = || commitments::bucket.eq(CommitmentBucket::Ordered);
    let delivered = || commitments::bucket.eq(CommitmentBucket::Delivered);
    let of_job = || commitments::job_id.eq(job).assume_not_null();
    let query = commitments::table
        .filter(commitments::customer_id.eq(customer))
        .select((
            sum(commitments::amount).aggregate_filter(ordered()),
            sum(commitments::amount).aggregate_filter(delivered()),
            sum(commitments::amount).aggregate_filter(ordered().and(of_job())),
            sum(commitments::amount).aggregate_filter(delivered().and(of_job())),
        ));
    Ok(query.get_result(tx).await?)
}

/// Whether a customer, or one of its jobs, is committed to anything.
pub async fn is_committed(
    tx: &mut TenantTx,
    customer: CustomerId,
    job: Option<JobId>,
) -> DbResult<bool> {
    let some = commitments::table
        .filter(commitments::customer_id.eq(customer))
        .filter(commitments::amount.gt(Decimal::ZERO));
    Ok(match job {
        Some(job) => {
            let of_job = some.filter(commitments::job_id.eq(job));
            select(exists(of_job)).get_result(tx).await?
        }
        None => select(exists(some)).get_result(tx).await?,
    })
}

/// Writes commitments in one statement: of each document the one it has now.
pub async fn put_commitments(tx: &mut TenantTx, rows: Vec<CommitmentRow>) -> QueryResult<()> {
    let query = diesel::insert_into(commitments::table)
        .values(rows)
        .on_conflict((commitments::source_type, commitments::source_id))
        .do_update()
        .set((
            commitments::customer_id.eq(excluded(commitments::customer_id)),
            commitments::job_id.eq(excluded(commitments::job_id)),
            commitments::bucket.eq(excluded(commitments::bucket)),
            commitments::amount.eq(excluded(commitments::amount)),
            commitments::updated_at.eq(excluded(commitments::updated_at)),
        ));
    query.execute(tx).await.map(|_rows| ())
}

/// Deletes what is committed to by these documents of a kind.
pub async fn delete_commitments(
    tx: &mut TenantTx,
    source: CommitmentSource,
    ids: &[Uuid],
) -> DbResult<()> {
    let query = diesel::delete(commitments::table)
        .filter(commitments::source_type.eq(source))
        .filter(commitments::source_id.eq_any(ids.to_vec()));
    query.execute(tx).await?;
    Ok(())
}

/// The smallest override that a sale of so much fits into now, of the customer as a whole
/// or of the job.
pub async fn usable_override(
    tx: &mut TenantTx,
    customer: CustomerId,
    job: Option<JobId>,
    amount: Decimal,
) -> DbResult<Option<OverrideRow>> {
    let now = tx.now();
    let job = job.unwrap_or(JobId::from_uuid(Uuid::nil()));
    let query = overrides::table
        .filter(overrides::customer_id.eq(customer))
        .filter(overrides::used_at.is_null())
        .filter(overrides::expires_at.gt(now))
        .filter(
            overrides::job_id
                .is_null()
                .or(overrides::job_id.eq(job).assume_not_null()),
        )
        .filter(overrides::amount.ge(amount))
        .order((overrides::amount, overrides::id))
        .limit(1)
        .select(OverrideRow::as_select());
    Ok(query.get_result(tx).await.optional()?)
}

/// Adds an override.
pub async fn insert_override(tx: &mut TenantTx, row: &OverrideRow) -> DbResult<()> {
    let query = diesel::insert_into(overrides::table).values(row.clone());
    query.execute(tx).await?;
    Ok(())
}

/// Marks an override as used.
pub async fn use_override(
    tx: &mut TenantTx,
    id: CreditOverrideId,
    amount: Decimal,
) -> DbResult<()> {
    let now = tx.now();
    let query = diesel::update(overrides::table.find(id)).set((
        overrides::used_at.eq(Some(now)),
        overrides::used_amount.eq(Some(amount)),
    ));
    query.execute(tx).await?;
    Ok(())
}

/// The dealer's settings, if he has set any.
pub async fn find_settings(tx: &mut TenantTx) -> DbResult<Option<SettingsRow>> {
    let query = settings::table.find(1_i16).select(SettingsRow::as_select());
    Ok(query.get_result(tx).await.optional()?)
}

/// Writes the settings, if they still have the version before; whether they had.
pub async fn put_settings(tx: &mut TenantTx, row: SettingsRow) -> DbResult<bool> {
    let before = row.version.saturating_sub(1);
    if before == 0 {
        let insert = diesel::insert_into(settings::table).values(row);
        return Ok(insert.on_conflict_do_nothing().execute(tx).await? > 0);
    }
    let same = settings::table.filter(settings::version.eq(before));
    Ok(diesel::update(same).set(row).execute(tx).await? > 0)
}
