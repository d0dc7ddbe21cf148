//! Writing down that quotes have expired.
//!
//! Nothing hangs on when that happens: who reads or answers a quote goes by its last day. It is
//! written down so that it is told.

use std::time::Duration;

use super::events::QuoteExpired;
use super::model::{QuoteChanges, QuoteState};
use super::query;
use crate::dealer::calendar::today;
use crate::error::{AppError, AppResult};
use crate::jobs::each_dealer::Round;
use crate::jobs::upkeep::Nothing;
use crate::jobs::{JobContext, JobError, JobKind, JobResult, Limits};
use crate::tenancy::{Access, TenantTx};

/// Quotes of one transaction.
const AT_ONCE: i64 = 200;

/// Has the quotes of a dealer expire whose last day has passed without an answer.
pub struct ExpireQuotes;

impl JobKind for ExpireQuotes {
    const NAME: &'static str = "quotes.expire";
    const LIMITS: Limits = Limits {
        attempts: 3,
        priority: 8,
        ..Limits::DEFAULT
    };
    type Payload = Nothing;

    async fn run(&self, job: JobContext, _nothing: Nothing) -> JobResult {
        loop {
            let mut tx = job.begin(Access::Write).await?;
            let expired = expire(&mut tx).await?;
            tx.commit().await?;
            if expired < AT_ONCE {
                return Ok(());
            }
            job.came_further().await;
            if job.is_stopping() {
                return Err(JobError::NotNow(Duration::ZERO));
            }
        }
    }
}

impl Round for ExpireQuotes {
    const ROUND: &'static str = "platform.quotes.expire";
}

/// Has some expire; gives how many.
async fn expire(tx: &mut TenantTx) -> AppResult<i64> {
    let day = today(tx).await?;
    let ids = query::lock_expired(tx, day, AT_ONCE).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let changes = QuoteChanges::to(QuoteState::Expired, tx.now());
    let rows = query::update(tx, &ids, changes).await;
    let rows = rows.map_err(crate::db::error::DbError::from)?;
    for row in &rows {
        tx.emit(&QuoteExpired(row.into()));
    }
    i64::try_from(rows.len()).map_err(AppError::internal)
}
